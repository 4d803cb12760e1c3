"""What `make run` does once things are installed: it writes the .env and serves."""

import json
import re
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.live import MANAGE, LiveServer

pytest.importorskip("granian", reason="needs `pip install -r requirements.txt`")


@pytest.fixture
def started(tmp_path: Path) -> LiveServer:
    """A server that ran once, on a database of its own, and was stopped."""
    live = LiveServer(tmp_path)
    live.start()
    live.stop()
    return live


def test_the_first_start_prints_where_things_are_and_a_password_once(started: LiveServer) -> None:
    first = started.log_text()
    assert f"Documentation  {started.url}/docs\n" in first
    assert f"Admin          {started.url}/admin/\n" in first
    assert len(re.findall(r"The first user is admin, the password \S{24}\n", first)) == 1
    started.start()
    started.stop()
    assert "password" not in started.log_text().removeprefix(first)


def test_a_second_start_keeps_users_and_keys(started: LiveServer) -> None:
    token = started.token()
    started.start()
    try:
        assert read_list(started, token) == {"providers": []}
    finally:
        started.stop()
    assert started.query("SELECT username FROM auth_user") == [("admin",)]


def read_list(live: LiveServer, token: str) -> object:
    request = urllib.request.Request(f"{live.url}/v1/llm-providers", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def curl_of(live: LiveServer) -> str:
    command = live.log_text().rpartition("\ncurl")[2].partition("}}'")[0]
    return f"curl --silent{command}}}}}'"


def paste(command: str) -> dict[str, object]:
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.once
def test_the_printed_curl_stores_a_configuration(started: LiveServer) -> None:
    started.start()
    try:
        assert paste(curl_of(started)) == {
            "provider": "openai",
            "enabled": True,
            "credentials": {"api_key": "sk-***", "organization": "org-***"},
        }
    finally:
        started.stop()


@pytest.mark.once
def test_only_the_owner_may_read_the_database_file(started: LiveServer) -> None:
    if started.database_path is None:
        pytest.skip("PostgreSQL keeps its own files")
    assert started.database_path.stat().st_mode & 0o777 == 0o600


@pytest.mark.once
def test_an_interrupt_ends_the_server_without_a_traceback(started: LiveServer) -> None:
    started.start()
    started.process.send_signal(signal.SIGINT)
    assert started.process.wait(10) == 0
    assert "Traceback" not in started.log_text()


@pytest.mark.once
def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    live = LiveServer(tmp_path)
    with socket.create_server(("127.0.0.1", live.port)):
        done = subprocess.run([*MANAGE, "serve"], env=live.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"CommandError: Port {live.port} is in use:"
        " stop what listens there, or choose another, as in PORT=8001 make run.\n"
    )
    assert live.database_path is None or not live.database_path.exists()
