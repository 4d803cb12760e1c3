"""Rows that no key opens, and a database that fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection

from bench.recorded.examples import EXAMPLES, LIST, body, item
from bench.recorded.recorder import Recorder

CONFIGURATIONS, EVENTS = "llm_providers_llmproviderconfig", "llm_providers_auditevent"
REFUSE_EVENTS = {
    "sqlite": f"CREATE TRIGGER refuse BEFORE INSERT ON {EVENTS} BEGIN SELECT RAISE(ABORT, 'no'); END",
    "postgresql": f"ALTER TABLE {EVENTS} ADD CONSTRAINT refuse CHECK (actor = '') NOT VALID",
}
TAKE_EVENTS = {"sqlite": "DROP TRIGGER refuse", "postgresql": f"ALTER TABLE {EVENTS} DROP CONSTRAINT refuse"}
PAGES = ("change", "delete", "history")
READS = [LIST, item("openai"), f"{item('openai')}/status", "/v1/audit-events", "/healthz", "/readyz"]


def record(recorder: Recorder) -> None:
    for slug in EXAMPLES:
        recorder.prepare("POST", LIST, body(slug))
    unreadable(recorder)
    unwritable(recorder)
    for table in (CONFIGURATIONS, EVENTS, "auth_user", "django_migrations"):
        with away(table):
            for path in READS:
                recorder.api("superuser", "GET", path, None, f"without {table}")
            recorder.api("superuser", "PATCH", item("xai"), {"enabled": False}, f"without {table}")
            recorder.api("", "POST", "/v1/token", {"username": "viewer", "password": "x"}, f"without {table}")


def unreadable(recorder: Recorder) -> None:
    execute(f"UPDATE {CONFIGURATIONS} SET credentials = %s WHERE provider IN ('openai', 'xai')", b"no ciphertext")
    for path in READS:
        recorder.api("superuser", "GET", path, None, "unreadable")
    recorder.api("superuser", "GET", item("openai"), None, "unreadable", headers={"If-None-Match": "*"})
    recorder.api("superuser", "PATCH", item("openai"), {"credentials": {"api_key": "sk-new"}}, "unreadable")
    recorder.api("superuser", "PATCH", item("openai"), {"enabled": False}, "unreadable")
    recorder.log_in("superuser")
    for path in (
        "",
        "llm_providers/llmproviderconfig/",
        *(f"llm_providers/llmproviderconfig/1/{page}/" for page in PAGES),
    ):
        recorder.visit("superuser", "GET", f"/admin/{path}", note="unreadable")
    recorder.api("superuser", "PUT", item("openai"), {"credentials": EXAMPLES["openai"]}, "repaired")
    recorder.api("superuser", "DELETE", item("xai"), None, "unreadable")
    recorder.prepare("POST", LIST, body("xai"))


def unwritable(recorder: Recorder) -> None:
    """What the database refuses for a reason of its own is a bug of ours."""
    execute(REFUSE_EVENTS[connection.vendor])
    recorder.api("superuser", "PATCH", item("xai"), {"enabled": False}, "without a trail")
    recorder.api("superuser", "DELETE", item("xai"), None, "without a trail")
    recorder.api("superuser", "DELETE", item("xai"), None, "its own request id", headers={"X-Request-ID": ""})
    execute(TAKE_EVENTS[connection.vendor])
    recorder.api("superuser", "GET", item("xai"), None, "nothing half done")


@contextmanager
def away(table: str) -> Iterator[None]:
    execute(f"ALTER TABLE {table} RENAME TO {table}_away")
    yield
    execute(f"ALTER TABLE {table}_away RENAME TO {table}")


def execute(statement: str, *parameters: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    close_old_connections()
