"""Paths, queries and methods that lead nowhere, and both prefixes."""

from bench.recorded.examples import LIST, body, item
from bench.recorded.recorder import Recorder

PATHS = [
    "/v1",
    "/v1/",
    "/v1/llm-provider",
    "/v1/llm-providers/",
    "/v1/llm-provider/openai/",
    "/v1/llm-provider/OpenAI",
    "/v1/llm-provider/nobody's",
    "/v1/llm-provider/nobody's/status",
    "/v1/llm-provider/openai/status/",
    "/v1/llm-provider/openai/nothing",
    "/v1/llm-provider/openai/credentials",
    "/v1/llm-provider/%00",
    "/v1/llm-provider/%FF%FE",
    "/v1/llm-provider/%2e%2e",
    "/v1/llm-provider/" + "a" * 5000,
    "/v1/audit-events/1",
    "/v1/token",
    "/v1/token/",
    "/v1/token/refresh",
    "/V1/llm-providers",
    "/v2/llm-providers",
    "/api/v1",
    "/api/v1/llm-providers",
    "/api/v1/llm-provider/openai",
    "/api/v1/nothing",
    "/nothing",
    "/favicon.ico",
    "/docs/",
    "/admin",
    "/static/nothing.css",
    "/static/../manage.py",
]
QUERIES = [
    "enabled=",
    "enabled=TRUE",
    "enabled=true&enabled=true",
    "nonsense=1",
    "enabled=%FF",
    "enabled=true%00",
    "=",
    "&&",
    "%",
]
ROUTES = [LIST, item("openai"), f"{item('openai')}/status", "/v1/audit-events", "/v1/token", "/v1/token/refresh"]


def record(recorder: Recorder) -> None:
    recorder.prepare("POST", LIST, body("openai"))
    for path in PATHS:
        for who in ("", "superuser"):
            recorder.api(who, "GET", path)
        recorder.api("superuser", "POST", path, {}) if path != "/v1/llm-providers" else None
    for query in QUERIES:
        recorder.api("viewer", "GET", f"{LIST}?{query}")
        recorder.api("viewer", "GET", f"{item('openai')}?{query}")
    for route in ROUTES:
        for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "NONSENSE", "get"):
            if method in ("HEAD", "PUT", "DELETE") and route == item("openai"):
                continue
            recorder.api("superuser", method, route)
        recorder.api("", "OPTIONS", route)
