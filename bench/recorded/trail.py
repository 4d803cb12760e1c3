"""The audit trail by filter and cursor."""

from urllib.parse import quote

from bench.recorded.examples import EXAMPLES, LIST, body, item
from bench.recorded.recorder import Recorder, query

TRAIL = "/v1/audit-events"
GOOD = [
    {},
    {"provider": "openai"},
    {"action": "create"},
    {"action": "update"},
    {"action": "delete"},
    {"actor": "superuser"},
    {"actor": "nobody"},
    {"provider": "xai", "action": "update"},
    {"provider": "xai", "action": "update", "actor": "superuser", "limit": 1},
    {"since": "2020-01-01T00:00:00Z"},
    {"until": "2020-01-01T00:00:00Z"},
    {"since": "2020-01-01T00:00:00+02:00", "until": "9999-12-31T23:59:59Z"},
    {"limit": 1},
    {"limit": 200},
]
BAD = [
    {"provider": "nobody's"},
    {"action": "nonsense"},
    {"actor": "x" * 151},
    {"since": "yesterday"},
    {"since": "2020-01-01T00:00:00"},
    {"until": "2020-13-01T00:00:00Z"},
    {"limit": 0},
    {"limit": 201},
    {"limit": "many"},
    {"cursor": "nonsense"},
    {"cursor": ""},
    {"nonsense": 1},
    {"provider": "", "action": "", "limit": ""},
]


def record(recorder: Recorder) -> None:
    recorder.api("auditor", "GET", TRAIL, note="empty")
    for slug in EXAMPLES:
        recorder.prepare("POST", LIST, body(slug))
        recorder.prepare("PATCH", item(slug), {"enabled": False})
        recorder.prepare("PUT", item(slug), {"credentials": EXAMPLES[slug]})
    recorder.prepare("DELETE", item("google"))
    for parameters in GOOD + BAD:
        recorder.api("auditor", "GET", query(TRAIL, **parameters))
    recorder.api("auditor", "GET", f"{TRAIL}?limit=1&limit=2", note="twice")
    for parameters in ({}, {"provider": "xai"}, {"action": "update", "actor": "superuser"}):
        cursor = {}
        for _page in range(5):
            path = query(TRAIL, limit=3, **parameters, **cursor)
            following = recorder.api("auditor", "GET", path, note="page by page").json()["next"]
            if not following:
                break
            cursor = {"cursor": following}
    newest = recorder.prepare("GET", f"{TRAIL}?limit=1").json()["events"][0]["created_at"]
    for name in ("since", "until"):
        recorder.api("auditor", "GET", f"{TRAIL}?limit=2&{name}={quote(newest)}", note=f"{name} the newest")
