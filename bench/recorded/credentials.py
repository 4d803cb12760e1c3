"""Good and bad credentials of each provider, at each route that takes them."""

from typing import Any

from bench.recorded.examples import EXAMPLES, LIST, body, item, masked, second
from bench.recorded.recorder import Recorder

ODD_VALUES: dict[str, Any] = {
    "a number": 7,
    "null": None,
    "empty": "",
    "spaces": " padded ",
    "its mask": "***",
    "a list": [],
    "a line break": "sk-a\nb",
    "too long": "x" * 20_000,
    "not ASCII": "sk-schlüssel",
    "another's key": "sk-ant-somebody-else's",
}


def record(recorder: Recorder) -> None:
    for slug, example in EXAMPLES.items():
        create_badly(recorder, slug, example)
        recorder.api("superuser", "POST", LIST, body(slug))
        recorder.api("superuser", "POST", LIST, body(slug), "again")
        recorder.api("superuser", "GET", item(slug))
        change(recorder, slug, example)
    recorder.api("superuser", "GET", LIST)
    for flag in ("true", "false", "maybe"):
        recorder.api("superuser", "GET", f"{LIST}?enabled={flag}")
    recorder.api("superuser", "GET", "/v1/audit-events?limit=200")


def create_badly(recorder: Recorder, slug: str, example: dict[str, Any]) -> None:
    for name in example:
        left = {other: value for other, value in example.items() if other != name}
        recorder.api("superuser", "POST", LIST, body(slug, credentials=left), f"without {name}")
        recorder.prepare("DELETE", item(slug))
        for kind, value in ODD_VALUES.items():
            bad = body(slug, credentials={**example, name: value})
            recorder.api("superuser", "POST", LIST, bad, f"{name}: {kind}")
            recorder.prepare("DELETE", item(slug))
    recorder.api("superuser", "POST", LIST, body(slug, credentials={**example, "nobody's": "x"}), "unknown field")
    recorder.api("superuser", "POST", LIST, body(slug, credentials={}), "no credentials")
    recorder.api("superuser", "POST", LIST, body(slug, credentials="text"), "credentials as text")


def change(recorder: Recorder, slug: str, example: dict[str, Any]) -> None:
    path = item(slug)
    recorder.api("superuser", "PUT", path, {"credentials": example, "enabled": False}, "whole")
    for name, value in example.items():
        recorder.api("superuser", "PATCH", path, {"credentials": {name: second(value)}}, f"another {name}")
        recorder.api("superuser", "PATCH", path, {"credentials": {name: None}}, f"{name} removed")
        if name in masked(slug):
            recorder.api(
                "superuser", "PUT", path, {"credentials": {**example, name: "***"}}, f"mask of {name} sent back"
            )
    recorder.api("superuser", "PATCH", path, {"credentials": {"nobody's": "x"}}, "unknown field")
    recorder.api("superuser", "PATCH", path, {"credentials": example}, "the same")
    recorder.api("superuser", "GET", f"{path}/status")
