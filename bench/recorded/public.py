"""What nobody has to log in for: documents, pages, health."""

from bench.recorded.recorder import Recorder

PATHS = [
    "/",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/openapi.yaml",
    "/healthz",
    "/readyz",
    "/static/llm_providers/admin.css",
    "/static/llm_providers/favicon.svg",
]


def record(recorder: Recorder) -> None:
    for path in PATHS:
        recorder.api("", "GET", path)
    for path in PATHS[:-2]:
        recorder.api("", "HEAD", path)
        recorder.api("", "POST", path, {})
        recorder.api("", "GET", f"{path}?nonsense=1")
