"""If-Match and If-None-Match that name no state, and conditions this service does not know."""

from tests.torture.corpus.case import CANARY, ITEM, LIST, READ, STALE, STATUS, TRAIL, Case

TAGS: dict[str, str | bytes] = {
    "nothing": "",
    "white space": " \t ",
    "a secret": CANARY,
    "a quoted secret": f'"{CANARY}"',
    "another state": '"0-0"',
    "a weak tag": 'W/"0-0"',
    "weak in lower case": 'w/"1-1"',
    "weak and nothing": "W/",
    "a tag without quotes": "1-1",
    "an unterminated quote": '"1-1',
    "an unopened quote": '1-1"',
    "single quotes": "'1-1'",
    "a quote": '"',
    "4,000 quotes": '"' * 4000,
    "an empty tag": '""',
    "an escaped quote": '"\\"1-1\\""',
    "a comma in a tag": '"1,1"',
    "commas": "," * 4000,
    "a star among tags": '"0-0", *',
    "a quoted star": '"*"',
    "two stars": "**",
    "a star and a comma": "*,",
    "a star and a secret": f"* {CANARY}",
    "400 tags": ", ".join(f'"0-{number}"' for number in range(400)),
    "400 weak tags": ",".join(f'W/"0-{number}"' for number in range(400)),
    "a tag of 4,000 characters": f'"{CANARY}{"a" * 4000}"',
    "4,000 that never end": f'"{CANARY}' + "a" * 4000,
    "4,000 of white space": '"0-0"' + " " * 4000 + ',"0-1"',
    "a number of 4,000 digits": f'"1-{"9" * 4000}"',
    "Latin-1": b'"\xe9\xff"',
    "UTF-8": '"é"',
    "Arabic-Indic digits": '"\u0661-\u0661"',
    "half a character": b'"\xe2\x82"',
    "a no-break space": '\u00a0"0-0"',
    "a tab in a tag": '"1\t1"',
    "the header twice": '"0-0"\r\nIf-Match: "0-1"\r\nIf-None-Match: "0-1"',
    "percent escapes": "%221-1%22",
    "markup": f'"<script>{CANARY}</script>"',
}
STAR: dict[str, str | bytes | None] = {"If-Match": "*"}
UNKNOWN: list[dict[str, str | bytes | None]] = [
    {"If-Modified-Since": CANARY},
    {"If-Modified-Since": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"If-Unmodified-Since": "Thu, 99 Foo 0000 99:99:99 GMT"},
    {"If-Range": f'"{CANARY}"'},
    {"Range": "bytes=0-0"},
    {"Range": f"{CANARY}=-"},
]

CASES = [
    *(
        Case(f"a {method} starts from no {name}", 412, method, ITEM, {"If-Match": tag}, body)
        for method, body in (("PUT", b'{"enabled": false}'), ("PATCH", b'{"enabled": false}'), ("DELETE", None))
        for name, tag in TAGS.items()
    ),
    *(
        Case(f"{name} {tag!r:.40} is not what is stored", 200, path=ITEM, headers={header: tag})
        for name, tag in TAGS.items()
        for header in ("If-None-Match", "If-Match")
    ),
    *(Case(f"{path} ignores {header!r:.60}", 200, path=path, headers=header) for path in READ for header in UNKNOWN),
    *(
        Case(f"{path} ignores {header} {tag}", 200, path=path, headers={header: tag})
        for path in (LIST, STATUS, TRAIL)
        for header in ("If-Match", "If-None-Match")
        for tag in ("*", '"0-0"', CANARY)
    ),
    Case("whatever is stored is known", 304, path=ITEM, headers={"If-None-Match": "*"}),
    Case("whatever is stored is known, with white space", 304, path=ITEM, headers={"If-None-Match": " * "}),
    # What is wrong with a change is told whether or not its condition holds.
    Case("a condition that holds saves no bad body", 400, "PUT", ITEM, STAR, b'{"enabled": 1}'),
    Case("a condition that fails hides no bad body", 400, "PUT", ITEM, STALE, b'{"enabled": 1}'),
    Case("a condition that holds saves no bad key", 400, "PATCH", ITEM, STAR, b'{"credentials": {"api_key": "x"}}'),
    Case("a patch is merged into what was read", 412, "PATCH", ITEM, STALE, b'{"credentials": {"api_key": "x"}}'),
    Case("a condition finds no other provider", 404, "DELETE", f"/v1/llm-provider/{CANARY}", STAR),
    Case("a condition is not read for nobody", 401, "DELETE", ITEM, {**STAR, "Authorization": None}),
]
