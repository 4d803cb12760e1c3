"""The tools of package.json: clients in TypeScript compile and work against the running server, a linter is content."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.bodies import ANSWERS, BODIES, ENTRA_ANSWER
from tests.clients.tools import OPENAPI_YAML, openapi_generator, output_of, run
from tests.live import LiveServer

pytestmark = pytest.mark.once

STRICT = ["--strict", "--target", "es2020", "--lib", "es2020,dom", "--module", "commonjs", "--esModuleInterop"]


def compiled(typescript: Path, *files: str) -> str:
    """Make JavaScript of the files; what the compiler complains about."""
    return run("node_modules/.bin/tsc", *STRICT, *files, cwd=typescript).stdout


@pytest.fixture(scope="module")
def complaints(typescript: Path) -> list[str]:
    """About all that uses the types, from one start of the compiler."""
    return compiled(typescript, "right.ts", "wrong.ts", "client.ts", "ways.ts").splitlines()


def answers(typescript: Path, script: str, server: LiveServer, *more: str) -> Any:
    """What a compiled client prints of the server's answers."""
    server.clear()
    return json.loads(output_of("node", script, server.url, server.token(), *more, cwd=typescript))


def test_typescript_that_uses_the_types_compiles(complaints: list[str]) -> None:
    assert [line for line in complaints if not line.startswith(("wrong.ts", " "))] == []


def test_typescript_with_a_credential_missing_does_not_compile(complaints: list[str]) -> None:
    assert "Property 'endpoint' is missing" in "".join(line for line in complaints if not line.startswith("right.ts"))


@pytest.mark.usefixtures("complaints")
def test_openapi_fetch_creates_lists_patches_rotates_and_understands_a_conflict(
    typescript: Path, server: LiveServer
) -> None:
    created = {"provider": "openai", "enabled": True, "credentials": {"api_key": "sk-***"}}
    patched = {**created, "credentials": {"api_key": "sk-***", "organization": "org-***"}}
    assert answers(typescript, "client.js", server) == {
        "created": created,
        "refused": [409, "CONFLICT"],
        "listed": [created],
        "patched": patched,
        "owner": "ml-platform",
        "previous": 2,
        "undone": patched,
        "retired": None,
        "nothing": "NOTHING_TO_UNDO",
    }


@pytest.mark.usefixtures("complaints")
def test_openapi_fetch_creates_each_way_and_changes_it(typescript: Path, server: LiveServer) -> None:
    assert answers(typescript, "ways.js", server, json.dumps(BODIES)) == {"created": ANSWERS, "changed": ENTRA_ANSWER}


@pytest.fixture(scope="module")
def typescript_fetch(typescript: Path) -> Path:
    openapi_generator("typescript-fetch", typescript)
    assert compiled(typescript, "fetch.ts", "fetch_ways.ts") == ""
    return typescript


def test_typescript_fetch_creates_each_way(typescript_fetch: Path, server: LiveServer) -> None:
    assert answers(typescript_fetch, "fetch_ways.js", server, json.dumps(BODIES)) == {"created": ANSWERS}


def test_typescript_fetch_creates_lists_patches_rotates_and_understands_a_conflict(
    typescript_fetch: Path, server: LiveServer
) -> None:
    created = {"provider": "openai", "enabled": True, "credentials": {"apiKey": "sk-***"}}
    patched = {**created, "credentials": {"apiKey": "sk-***", "organization": "org-***"}}
    assert answers(typescript_fetch, "fetch.js", server) == {
        "created": created,
        "refused": [409, "CONFLICT"],
        "listed": [created],
        "patched": patched,
        "owner": "ml-platform",
        "previous": 2,
        "undone": patched,
        "retired": None,
    }


# The published page has an info without contact, and an empty list of servers.
PUBLISHED = ["info-contact", "oas3-api-servers"]


def test_spectral_finds_only_what_is_published(typescript: Path) -> None:
    command: list[str | Path] = [
        "node_modules/.bin/spectral",
        "lint",
        OPENAPI_YAML,
        "--ruleset",
        "spectral.yaml",
        "--format",
        "json",
    ]
    found = json.loads(output_of(*command, "--quiet", cwd=typescript))
    assert sorted(finding["code"] for finding in found) == PUBLISHED
