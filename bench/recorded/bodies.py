"""Bodies that are no JSON, or not the right one."""

import json

from bench.recorded.examples import LIST, body, item
from bench.recorded.recorder import Recorder

GOOD = json.dumps(body("openai")).encode()
UNREADABLE = {
    "nothing": b"",
    "no JSON": b"provider=openai",
    "cut": GOOD[:-1],
    "more behind": GOOD + b"x",
    "a key twice": b'{"enabled": true, "enabled": false}',
    "NaN": b'{"enabled": NaN}',
    "Infinity": b'{"enabled": -Infinity}',
    "a lone surrogate": b'{"provider": "\\ud800"}',
    "a NUL": b'{"provider": "open\\u0000ai"}',
    "depth": b'{"credentials": ' + b"[" * 40 + b"]" * 40 + b"}",
    "a list": b"[]",
    "a text": b'"openai"',
    "null": b"null",
    "UTF-16": GOOD.decode().encode("utf-16"),
    "Latin-1": b'{"provider": "\xe9"}',
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "a number of 5,000 digits": b'{"enabled": ' + b"9" * 5000 + b"}",
    "over 64 KiB": b'{"provider": "' + b"x" * 70_000 + b'"}',
}
WRONG = {
    "empty": {},
    "no provider": {"enabled": True},
    "unknown provider": body("openai", provider="nobody's"),
    "provider as number": body("openai", provider=1),
    "provider as list": body("openai", provider=["openai"]),
    "another provider": body("azure"),
    "enabled as text": body("openai", enabled="true"),
    "enabled as number": body("openai", enabled=1),
    "enabled null": body("openai", enabled=None),
    "unknown field": body("openai", nonsense=1),
    "credentials null": body("openai", credentials=None),
    "credentials as list": body("openai", credentials=[]),
    "only the provider": {"provider": "openai"},
    "several at once": {"provider": "openai", "enabled": 0, "credentials": {"api_key": 1, "x": 2}, "y": 3},
}


def record(recorder: Recorder) -> None:
    recorder.prepare("POST", LIST, body("openai"))
    for method, path in (("POST", LIST), ("PUT", item("openai")), ("PATCH", item("openai"))):
        for name, raw in UNREADABLE.items():
            recorder.api("superuser", method, path, raw, name)
        for name, value in WRONG.items():
            recorder.api("superuser", method, path, value, name)
            if method == "POST":
                recorder.prepare("DELETE", item("azure"))
    for name, raw in UNREADABLE.items():
        recorder.api("", "POST", "/v1/token", raw, name)
    recorder.api("superuser", "DELETE", item("openai"), GOOD, "with a body")
    recorder.api(
        "superuser", "POST", LIST, {"provider": "google", "credentials": {"api_key": "k"}}, "enabled by default"
    )
