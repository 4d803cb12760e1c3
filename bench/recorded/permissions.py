"""Each kind of user at each route."""

from bench.recorded.examples import LIST, body, item
from bench.recorded.people import ALL
from bench.recorded.recorder import Recorder


def record(recorder: Recorder) -> None:
    for who in ALL:
        recorder.prepare("POST", LIST, body("openai"))
        recorder.prepare("PUT", item("openai"), body("openai"))
        for path in (LIST, item("openai"), f"{item('openai')}/status", "/v1/audit-events?limit=2", "/v1/nothing"):
            recorder.api(who, "GET", path)
        recorder.api(who, "PATCH", item("openai"), {"enabled": False})
        recorder.api(who, "PUT", item("openai"), {"enabled": True})
        recorder.api(who, "POST", LIST, body("xai"))
        recorder.api(who, "POST", LIST, {"provider": "nobody's"}, "bad")
        recorder.api(who, "DELETE", item("xai"))
        recorder.api(who, "DELETE", item("openai"))
        recorder.api(who, "POST", item("openai"), {}, "not a method")
        recorder.api(who, "GET", f"{LIST}?nonsense=1", headers={"Accept": "text/html"})
        recorder.prepare("DELETE", item("xai"))
        recorder.prepare("DELETE", item("openai"))
