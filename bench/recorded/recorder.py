"""Asks the WSGI application, as the server calls it, and writes down what it answers."""

import json
from dataclasses import dataclass
from io import StringIO
from typing import Any, TextIO

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.test.client import MULTIPART_CONTENT, encode_multipart
from django.utils.http import urlencode

from bench.recorded.placeholders import Placeholders, headers
from refactor_site.wsgi import application

ORIGIN = "https://localhost"
BOUNDARY = "BoUnDaRyStRiNg"
CSRF = "f" * 32
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str:
        return dict(self.headers)[name]


class Visitor(Client):
    """Django's test client, through the whole application: CSRF checks and what wraps Django take part."""

    def __init__(self) -> None:
        super().__init__(SERVER_NAME="localhost")
        self.cookies["csrftoken"] = CSRF

    def request(self, **request: Any) -> Answer:  # type: ignore[override]
        answer = Answer(0, [], b"")

        def start_response(status: str, pairs: list[tuple[str, str]], _error: Any = None) -> None:
            answer.status, answer.headers = int(status[:3]), pairs

        response = application(self._base_environ(**request), start_response)
        answer.body = b"".join(response)
        response.close()  # type: ignore[attr-defined]
        for name, value in answer.headers:
            if name == "Set-Cookie":
                self.cookies.load(value)
        return answer


class Recorder:
    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.count = 0
        self.tokens: dict[str, str] = {}
        self.visitors: dict[str, Visitor] = {}

    def token(self, who: str) -> str:
        if who not in self.tokens:
            printed = StringIO()
            call_command("issue_token", who, lifetime="12h", stdout=printed)
            self.tokens[who] = printed.getvalue().strip()
        return self.tokens[who]

    def prepare(self, method: str, path: str, body: Any = None) -> Answer:
        """Ask as the superuser without writing it down."""
        return self._api("superuser", method, path, body, {})

    def api(self, who: str, method: str, path: str, body: Any = None, note: str = "", **changed: Any) -> Answer:
        """Ask with the user's token, nobody's when `who` is empty. ``headers`` are added, ``secure`` is https."""
        answer = self._api(who, method, path, body, changed)
        self.write(f"{who or 'nobody'}: {method} {path}", note, answer)
        return answer

    def _api(self, who: str, method: str, path: str, body: Any, changed: dict[str, Any]) -> Answer:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"X-Request-ID": "recorded"} | ({"Authorization": f"Bearer {self.token(who)}"} if who else {})
        sent |= changed.pop("headers", {})
        options = {"content_type": "application/json", "secure": True, **changed}
        answer: Any = Visitor().generic(method, path, data, headers=sent, **options)
        return answer  # type: ignore[no-any-return]

    def log_in(self, who: str) -> None:
        """Give the user a fresh browser, logged in."""
        visitor = self.visitors[who] = Visitor()
        if who:
            visitor.force_login(User.objects.get(username=who), "django.contrib.auth.backends.ModelBackend")
            visitor.cookies["csrftoken"] = CSRF

    def visit(
        self, who: str, method: str, path: str, form: dict[str, Any] | None = None, note: str = "", **changed: Any
    ) -> Answer:
        """Ask as the user's browser, logged in; ``form`` is sent as multipart, with the CSRF token."""
        visitor = self.visitors[who]
        sent = {"X-Request-ID": "recorded"} | ({"Origin": ORIGIN} if method in WRITES else {})
        fields = {"csrfmiddlewaretoken": visitor.cookies["csrftoken"].value, **(form or {})}
        data = encode_multipart(BOUNDARY, fields) if method == "POST" else b""
        options = {"content_type": MULTIPART_CONTENT, "secure": True, "headers": sent, **changed}
        answer: Any = visitor.generic(method, path, data, **options)
        self.write(f"{who or 'nobody'} browses: {method} {path}", note, answer)
        return answer  # type: ignore[no-any-return]

    def write(self, label: str, note: str, answer: Answer) -> None:
        fixed = Placeholders()
        line = {
            "request": fixed(label if len(label) < 200 else f"{label[:200]}... of {len(label)}")
            + f" ({note})" * bool(note),
            "status": answer.status,
            "headers": [[name, fixed(value)] for name, value in headers(answer.headers, answer.body)],
            "body": fixed(answer.body.decode("utf-8", "backslashreplace")),
        }
        self.out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.count += 1


def query(path: str, **parameters: Any) -> str:
    return f"{path}?{urlencode(parameters)}"
