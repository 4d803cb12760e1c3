"""Filters of the audit trail: what each refuses, and what merely finds nothing."""

import base64
import struct
from urllib.parse import quote

from tests.torture.corpus.case import CANARY, TRAIL, Case

LOWEST, HIGHEST = -(2**63), 2**63 - 1
FIRST_MOMENT, LAST_MOMENT = -62_135_596_800_000_000, 253_402_300_799_999_999  # the years 1 and 9999, in microseconds


def cursor(raw: bytes) -> str:
    return "cursor=" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def place(microseconds: int, event: int) -> str:
    return cursor(struct.pack(">qq", microseconds, event))


MOMENTS = [
    "",
    CANARY,
    "now",
    "0",
    "1767225600",
    "2026-01-01",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00Zz",
    "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-01-01T25:00:00Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+99:99",
    "2026-01-01T00:00:00Z\0",
    f"2026-01-01T00:00:00Z\0{CANARY}",
    "2026-01-01\00000:00:00Z",
    "2026-01-01T00:00:00Z" + "0" * 7000,
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "292277026596-12-04T15:30:08Z",
    "\u0662\u0660\u0662\u0666-01-01T00:00:00Z",
    "2026-01-01T00:00:00\u2212" + "01:00",
    "infinity",
    "2026-01-01T00:00:00 UTC",
    "2026-01-01T00:00:00[Europe/Berlin]",
]
REFUSED = [
    *(f"{name}={quote(moment)}" for name in ("since", "until") for moment in MOMENTS),
    *(
        f"limit={limit}"
        for limit in ("", "0", "-1", "201", "1e2", "0x10", "NaN", "Infinity", "1.5", "true", "null", "%00", "5%00")
    ),
    *(f"limit={limit}" for limit in (CANARY, "9" * 30, "9" * 7000, "-" + "9" * 5000, "1;DROP", "%EF%BF%BD", "[]")),
    *(f"provider={slug}" for slug in ("", CANARY, "OpenAI", "openai%00", "%20openai", "openai,azure", "*", "a" * 7000)),
    *(f"action={action}" for action in ("", CANARY, "CREATE", "create%00", "%20create", "verified", "create,update")),
    *(f"actor={actor}" for actor in ("", "%20", "%00", f"{CANARY}%00", CANARY + "a" * 150, "%F0%9F%94%91" * 151)),
    *(f"cursor={text}" for text in ("", CANARY, "%00", "null", "1", "=", "====", "A" * 7000, "%D9%A1", "%FF", "..%2F")),
    *(cursor(raw) for raw in (b"\0", b"\xff" * 7, b"\0" * 15, b"\0" * 17, b"\xff" * 32, CANARY.encode(), b"\0" * 3000)),
    cursor(b"\0" * 16) + "!",
    cursor(b"\0" * 16) + "%0A",
    place(LOWEST, 0),
    place(HIGHEST, 0),
    place(FIRST_MOMENT - 1, 1),
    place(LAST_MOMENT + 1, 1),
    *(f"{name}=1&{name}=1" for name in ("limit", "actor", "cursor")),
    f"provider=openai&provider={CANARY}",
    "actor=a&" * 900 + "actor=a",
    *(f"{name}={CANARY}" for name in ("page", "offset", "Actor", "actor%00", "actor[]", "actor__contains", "id")),
    f"limit=5&{CANARY}",
]
FINDS_NOTHING = [
    f"actor={CANARY}",
    "actor=%FF",
    "actor=%25",
    "actor=" + "%F0%9F%94%91" * 150,
    f"actor='%20OR%20'{CANARY}'='{CANARY}",
    "since=9999-12-31T23:59:59.999999Z",
    "since=9999-12-31T23:59:59%2B14:00",
    "until=0001-01-01T00:00:00Z",
    "until=0001-01-01T00:00:00-14:00",
    "since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z",
    place(FIRST_MOMENT, LOWEST),
    place(FIRST_MOMENT, HIGHEST),
    place(0, HIGHEST),
    place(-1, -1),
    place(0, LOWEST) + "&limit=200&provider=xai&action=delete&actor=nobody",
]
FINDS_ALL = [
    place(LAST_MOMENT, HIGHEST),
    place(LAST_MOMENT, LOWEST),
    "since=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59.999999Z",
    "since=2026-01-01T00:00:00%2B23:59",
    "limit=200",
]

CASES = [
    *(
        Case(f"the trail has no {number} {query:.60}", 400, path=f"{TRAIL}?{query}")
        for number, query in enumerate(REFUSED)
    ),
    *(Case(f"the trail finds nothing for {query:.60}", 200, path=f"{TRAIL}?{query}") for query in FINDS_NOTHING),
    *(Case(f"the trail finds all for {query:.60}", 200, path=f"{TRAIL}?{query}") for query in FINDS_ALL),
]
