"""What the running server leaves on disk, in its tables, in a dump and in its log holds no secret."""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pytest

from llm_providers.providers import PROVIDERS
from tests.factories import body_of, canaries, canary_credentials, found
from tests.live import LiveServer


class Traffic(NamedTuple):
    """What was sent to the server, or answered by it, that must not stay there."""

    credentials: list[str]
    passwords: list[str]
    tokens: list[str]


def post(server: LiveServer, path: str, body: Any, token: str | None = None) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"{server.url}{path}", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.fixture(scope="module")
def traffic(server: LiveServer) -> Iterator[Traffic]:
    """What was sent. SQLite keeps the write-ahead log for as long as somebody has the file open."""
    with closing(server.connect()) as onlooker:
        onlooker.execute("SELECT 1 FROM llm_providers_llmproviderconfig")
        onlooker.commit()
        yield send_everything(server)


def send_everything(server: LiveServer) -> Traffic:
    """A login, a failed one, a refresh, a revocation, and a create and two refusals for each provider."""
    server.clear()
    password, wrong = secrets.token_hex(16), secrets.token_hex(16)
    name = f"grace-{secrets.token_hex(4)}"
    create_user = (
        f"from django.contrib.auth.models import User; User.objects.create_superuser('{name}', password='{password}')"
    )
    server.manage("shell", "--no-imports", "-c", create_user)
    assert post(server, "/v1/token", {"username": name, "password": wrong})[0] == 401
    status, first = post(server, "/v1/token", {"username": name, "password": password})
    assert status == 200
    status, second = post(server, "/v1/token/refresh", {"refresh": first["refresh"]})
    assert status == 200
    sent = []
    for provider in PROVIDERS:
        credentials = canary_credentials(provider)
        body = body_of(provider, **credentials)
        assert post(server, "/v1/llm-providers", body, second["access"])[0] == 200
        assert post(server, "/v1/llm-providers", body, second["access"])[0] == 409
        assert post(server, "/v1/llm-providers", {**body, "enabled": "yes"}, second["access"])[0] == 400
        sent += canaries(provider, credentials)
    assert post(server, "/v1/token/revoke", {"refresh": second["refresh"]})[0] == 200
    tokens = [token.rpartition(".")[2] for answer in (first, second) for token in answer.values()]
    return Traffic(sent, [password, wrong], tokens)


def everything(traffic: Traffic) -> list[str]:
    return [*traffic.credentials, *traffic.passwords, *traffic.tokens]


def test_neither_database_file_nor_write_ahead_log_holds_a_secret(server: LiveServer, traffic: Traffic) -> None:
    if server.database_path is None:
        pytest.skip("the files are SQLite's; PostgreSQL's tables are read below")
    directory, name = server.database_path.parent, server.database_path.name
    files = {path.name: path.read_bytes() for path in directory.glob(f"{name}*")}
    assert set(files) == {name, f"{name}-wal", f"{name}-shm"}
    assert found(["amazon-bedrock"], *files.values()) == ["amazon-bedrock"]
    assert found(everything(traffic), *files.values()) == []


def test_no_table_holds_a_secret(server: LiveServer, traffic: Traffic) -> None:
    rows = [server.query(f"SELECT * FROM {table}") for table in tables_of(server)]
    text = "\n".join(repr(row) for table in rows for row in table)
    assert found(["amazon-bedrock"], text) == ["amazon-bedrock"]
    assert found(everything(traffic), text) == []


def tables_of(server: LiveServer) -> list[str]:
    if server.database_path is None:
        statement = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    else:
        statement = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables: list[str] = [name for (name,) in server.query(statement)]
    assert {"llm_providers_llmproviderconfig", "token_blacklist_outstandingtoken"} <= set(tables)
    return tables


def test_a_dump_of_all_apps_holds_no_secret(server: LiveServer, traffic: Traffic) -> None:
    dump = server.manage("dumpdata")
    models = {row["model"] for row in json.loads(dump)}
    assert {"llm_providers.llmproviderconfig", "token_blacklist.outstandingtoken", "auth.user"} <= models
    assert found(["amazon-bedrock"], dump) == ["amazon-bedrock"]
    assert found(everything(traffic), dump) == []


def test_the_log_holds_no_secret(server: LiveServer, traffic: Traffic) -> None:
    log = server.log_text()
    assert "/v1/llm-providers" in log
    assert found(everything(traffic), log) == []
