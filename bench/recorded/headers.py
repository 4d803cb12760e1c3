"""Headers: media types, hosts, request ids, schemes."""

from bench.recorded.examples import LIST, body, item
from bench.recorded.recorder import Recorder

MEDIA_TYPES = [
    "",
    ";;;",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=b",
    "application/xml",
    "*/*",
    "application/*",
    "application/json; charset=utf-8",
    "application/json; charset=latin-1",
    "application/json; charset=hex",
    "application/json; charset*=x''hex",
    "application/merge-patch+json",
]
ACCEPTS = [
    "text/html",
    "application/xml",
    "*/*",
    "application/*",
    "application/json; indent=4",
    ";;;",
    "",
    "text/html, */*",
]
HOSTS = [
    "evil.example",
    "localhost:8000",
    "127.0.0.1",
    "[::1]",
    "localhost.",
    "",
    "local_host",
    "localhost@evil.example",
]
REQUEST_IDS = ["", "mine", "a" * 64, "a" * 65, "two words", "é", "<b>"]
AUTHORIZATIONS = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Basic YTpi",
    "bearer x",
    "Bearer x.y.z",
    "Token x",
    "Bearer \xe9",
]


def record(recorder: Recorder) -> None:
    recorder.prepare("POST", LIST, body("openai"))
    for media_type in MEDIA_TYPES:
        for method in ("POST", "PATCH"):
            path = LIST if method == "POST" else item("openai")
            recorder.api("superuser", method, path, body("openai"), f"as {media_type}", content_type=media_type)
    for accept in ACCEPTS:
        recorder.api("superuser", "GET", item("openai"), None, f"Accept: {accept}", headers={"Accept": accept})
        recorder.api("superuser", "POST", LIST, body("openai"), f"Accept: {accept}", headers={"Accept": accept})
    for host in HOSTS:
        for path in (LIST, "/docs", "/healthz"):
            recorder.api("viewer", "GET", path, None, f"Host: {host}", headers={"Host": host})
    for offered in REQUEST_IDS:
        recorder.api("viewer", "GET", LIST, None, f"X-Request-ID: {offered:.10}", headers={"X-Request-ID": offered})
    for value in AUTHORIZATIONS:
        recorder.api("", "GET", LIST, None, f"Authorization: {value}", headers={"Authorization": value})
    for path in (LIST, item("openai"), "/v1/token", "/docs", "/admin/", "/healthz", "/readyz", "/openapi.json", "/"):
        recorder.api("viewer", "GET", path, None, "in clear", secure=False)
    recorder.api("superuser", "POST", LIST, body("openai"), "in clear", secure=False)
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    recorder.api("superuser", "PATCH", item("openai"), {"enabled": False}, "forwarded", headers=forwarded)
    recorder.api("superuser", "GET", "/v1/audit-events", note="with the address")
    for name, value in {
        "Origin": "https://evil.example",
        "X-HTTP-Method-Override": "DELETE",
        "Range": "bytes=0-9",
    }.items():
        recorder.api("superuser", "GET", item("openai"), None, name, headers={name: value})
