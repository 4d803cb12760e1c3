"""What `make run` does once things are installed: it writes the .env and serves."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.live import MANAGE, ROOT, LiveServer
from tests.processes import workers_of

pytest.importorskip("granian", reason="needs `pip install -r requirements.txt`")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A server that ran once, on a database of its own, and was stopped."""
    live = LiveServer(tmp_path_factory.mktemp("started"))
    live.start()
    live.stop()
    return live


@dataclass(frozen=True)
class Again:
    """What was seen of the next time that it ran, up to its interruption from the terminal."""

    printed: str
    listed: dict[str, object]
    pasted: dict[str, object]
    status: int


@pytest.fixture(scope="module")
def again(started: LiveServer) -> Again:
    token, before = started.token(), started.log_text()
    started.start()
    try:
        listed, pasted = read_list(started, token), paste(curl_of(started))
        started.process.send_signal(signal.SIGINT)
        status = started.process.wait(10)
    finally:
        started.stop()
    return Again(started.log_text().removeprefix(before), listed, pasted, status)


def printed_at_first(live: LiveServer) -> str:
    """Its output up to the end of the curl."""
    first, end, _later = live.log_text().partition("}}'\n")
    return first + end


def test_the_first_start_prints_where_things_are_and_a_password_and_a_token_once(started: LiveServer) -> None:
    first = printed_at_first(started)
    assert first.startswith(f"\nDocumentation  {started.url}/docs\nAdmin          {started.url}/admin/\n\n")
    assert len(re.findall(r"The first user is admin, the password \S{24}\n", first)) == 1
    assert first.count("Authorization: Bearer ey") == 1


def test_a_later_start_keeps_users_and_keys_and_prints_no_secret(started: LiveServer, again: Again) -> None:
    assert again.listed == {"providers": []}  # with a token of before
    assert started.query("SELECT username FROM auth_user") == [("admin",)]
    assert again.printed.startswith(f"\nDocumentation  {started.url}/docs\n")
    assert not re.search("password|Bearer|curl|ey[A-Z]", again.printed)


def read_list(live: LiveServer, token: str) -> dict[str, object]:
    request = urllib.request.Request(f"{live.url}/v1/llm-providers", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        answer: dict[str, object] = json.load(response)
    return answer


def curl_of(live: LiveServer) -> str:
    return f"curl --silent{printed_at_first(live).rpartition('curl')[2]}"


def paste(command: str) -> dict[str, object]:
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


@pytest.mark.once
def test_the_printed_curl_stores_a_configuration(again: Again) -> None:
    assert again.pasted == {
        "provider": "openai",
        "enabled": True,
        "credentials": {"api_key": "sk-***", "organization": "org-***"},
    }


@pytest.mark.once
def test_only_the_owner_may_read_the_database_file(started: LiveServer) -> None:
    if started.database_path is None:
        pytest.skip("PostgreSQL keeps its own files")
    assert started.database_path.stat().st_mode & 0o777 == 0o600


@pytest.mark.once
def test_an_interrupt_ends_the_server_without_a_traceback(again: Again) -> None:
    assert again.status == 0
    assert "Traceback" not in again.printed


@pytest.mark.once
def test_it_serves_from_whichever_directory_it_is_started(
    started: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    started.start()
    started.stop()


@pytest.mark.once
def test_a_worker_that_ends_is_replaced_by_one_of_the_same_version(
    started: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ours in ("llm_providers", "refactor_site"):
        shutil.copytree(ROOT / ours, tmp_path / ours, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    monkeypatch.setattr("tests.live.MANAGE", [sys.executable, str(tmp_path / "manage.py")])
    monkeypatch.setattr(started, "environment", started.environment | {"WORKERS": "1"})
    started.start()
    (before,) = workers_of(started)
    for module in (tmp_path / "llm_providers").rglob("*.py"):  # a newer version, that is put in place
        if module.parent.name != "migrations":
            module.write_text("raise SystemExit", encoding="utf-8")
    os.kill(before, signal.SIGKILL)
    started.wait()
    answers = [status_of(started, path) for path in ("/v1/llm-providers", "/v1/audit-events", "/docs", "/readyz")]
    after = workers_of(started)
    started.stop()
    assert answers == [200, 200, 200, 200]
    assert before not in after


def status_of(server: LiveServer, path: str) -> int:
    asked = urllib.request.Request(server.url + path, headers={"Authorization": f"Bearer {server.token()}"})
    try:
        with urllib.request.urlopen(asked) as answer:
            status: int = answer.status
    except urllib.error.HTTPError as refusal:
        status = refusal.code
        refusal.close()
    return status


@pytest.mark.once
def test_host_and_workers_are_settings(started: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(started, "environment", {**started.environment, "HOST": "127.0.0.2", "WORKERS": "1"})
    monkeypatch.setattr(started, "url", f"http://127.0.0.2:{started.port}")
    started.start()
    workers = workers_of(started)
    started.stop()
    assert len(workers) == 1
    assert f"Documentation  http://127.0.0.2:{started.port}/docs\n" in started.log_text()


@pytest.mark.once
@pytest.mark.parametrize(("host", "sentence"), [("127.0.0.1", "is in use"), ("192.0.2.1", "no address that this user")])
def test_metrics_that_cannot_be_had_are_told_and_hinder_nothing(
    started: LiveServer, host: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(started.log_text())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        metrics = {"METRICS_HOST": host, "METRICS_PORT": str(taken.getsockname()[1])}
        monkeypatch.setattr(started, "environment", started.environment | metrics)
        started.start()
        started.stop()
    assert sentence in started.log_text()[before:]


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
