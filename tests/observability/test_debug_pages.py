"""With DEBUG a page about an error shows nothing of the process that ran into it."""

import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter
from pytest_django import Settings

from llm_providers.web.request_bodies import WithoutEnvironment
from tests.live import MANAGE, LiveServer

pytestmark = pytest.mark.once

CANARIES = {"HTTP_PROXY": "http://canary-proxy", "LEGACY_DSN": "canary-dsn", "DATABASE_PASSWORD": "canary-password"}


class Runserver(LiveServer):
    """Django's own server, in the place of ours."""

    def start(self) -> None:
        command = [*MANAGE, "runserver", "--noreload", f"127.0.0.1:{self.port}"]
        self.manage("migrate", "--verbosity", "0")
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.wait()


@pytest.fixture(params=[LiveServer, Runserver])
def debugged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LiveServer]:
    server: LiveServer = request.param(tmp_path, DEBUG="true", WORKERS="1", **CANARIES)
    server.start()
    yield server
    server.stop()


def test_a_wrong_host_shows_no_environment(debugged: LiveServer) -> None:
    request = urllib.request.Request(f"{debugged.url}/admin/login/", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    page = refused.value.read().decode()
    assert refused.value.code == 400
    assert "DisallowedHost" in page
    assert [secret for secret in secrets_of(debugged) if secret in page] == []


def secrets_of(server: LiveServer) -> list[str]:
    keys = ("DJANGO_SECRET_KEY", "JWT_SIGNING_KEY", "FERNET_KEYS", "DATABASE_URL")
    return [*CANARIES.values(), *(server.environment[key] for key in keys)]


@pytest.mark.parametrize("debug", [True, False])
def test_a_report_holds_no_header_and_no_environment(settings: Settings, rf: RequestFactory, debug: bool) -> None:
    settings.DEBUG = debug
    request = rf.get("/admin/", headers={"X-Api": "canary-header"}, DSN="canary-dsn")
    reporter = ExceptionReporter(request, ValueError, ValueError(), None)
    report = reporter.get_traceback_html() + reporter.get_traceback_text()
    assert "ValueError" in report
    assert "canary" not in report


def test_only_what_a_request_brought_is_handed_on() -> None:
    environment = {"HTTP_PROXY": "http://proxy", "HTTP_HOST": "0.0.0.0", "REMOTE_USER": "root", "PATH": "/bin"}
    of_the_request = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "*/*",
        "wsgi.url_scheme": "http",
    }
    received: list[dict[str, Any]] = []

    def application(environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        received.append(environ)
        return []

    WithoutEnvironment(application, environment)({**environment, **of_the_request}, None)
    assert received == [of_the_request]
