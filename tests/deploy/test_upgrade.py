"""The data of the first version, in rows that it wrote itself, under the migrations that it had."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from refactor_site.env_file import fresh_environment
from tests.live import LiveServer

FIRST: dict[str, Any] = json.loads(Path(__file__).with_name("first_version.json").read_text(encoding="utf-8"))
CONFIGURATIONS, EVENTS = FIRST["llm_providers_llmproviderconfig"], FIRST["llm_providers_auditevent"]
KEYS = {
    "OPENAI_API_KEY": "sk-of-the-first-version",
    "OPENAI_ORG_ID": "org-of-the-first-version",
    "ANTHROPIC_API_KEY": "sk-ant-of-the-first-version",
    "GEMINI_API_KEY": "of-the-first-version",
    "AZURE_OPENAI_ENDPOINT": "https://first.openai.azure.com",
    "AZURE_OPENAI_DEPLOYMENT": "first",
    "AWS_ACCESS_KEY_ID": "AKIAOFTHEFIRSTVERSION",
    "AWS_SECRET_ACCESS_KEY": "of-the-first-version",
    "AWS_REGION": "us-west-2",
}


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """Its database, migrated to today."""
    ring = f"{fresh_environment()['FERNET_KEYS']},{FIRST['FERNET_KEYS']}"  # it asked less of a key
    installation = LiveServer(tmp_path_factory.mktemp("first"), FERNET_KEYS=ring)
    installation.manage("migrate", "llm_providers", "0002", "--no-input")
    with closing(installation.connect()) as connection:
        for table in ("llm_providers_llmproviderconfig", "llm_providers_auditevent"):
            for row in FIRST[table]:
                insert(connection, table, row, "?" if installation.database_path else "%s")
        connection.commit()
    installation.manage("migrate", "--no-input")
    return installation


def insert(connection: Any, table: str, row: dict[str, Any], placeholder: str) -> None:
    values = row | ({"credentials": row["credentials"].encode()} if "credentials" in row else {})
    places = ", ".join([placeholder] * len(values))
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", tuple(values.values()))


def test_what_the_first_version_sealed_is_handed_on(upgraded: LiveServer) -> None:
    printed = upgraded.manage("exec_with_credentials", "--", "env")
    environment = dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)
    assert {name: environment.get(name) for name in KEYS} == KEYS
    assert "XAI_API_KEY" not in environment  # it was switched off


def test_what_the_first_version_stored_is_as_it_was(upgraded: LiveServer) -> None:
    columns = ("provider", "enabled", "version", "updated_by")
    stored = upgraded.query(f"SELECT {', '.join(columns)} FROM llm_providers_llmproviderconfig ORDER BY id")
    assert stored == [tuple(row[name] for name in columns) for row in CONFIGURATIONS]
    told = upgraded.query("SELECT actor, action, provider FROM llm_providers_auditevent ORDER BY id")
    assert told[: len(EVENTS)] == [(event["actor"], event["action"], event["provider"]) for event in EVENTS]


def test_nothing_is_wrong_with_what_was_migrated(upgraded: LiveServer) -> None:
    assert json.loads(upgraded.run("doctor", "--json").stdout)["faults"] == 0
