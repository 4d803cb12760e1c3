"""Clients generated from openapi.yaml work as they come out of the generator."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.live import ROOT, LiveServer

pytestmark = pytest.mark.once

HERE = Path(__file__).parent
OPENAPI_YAML = ROOT / "openapi.yaml"
PACKAGE = "re_factor_api_reference_client"
UNREACHABLE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    # The generator formats with the ruff that is installed beside it.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    pytest.importorskip("openapi_python_client", reason="needs `pip install -r requirements-dev.txt`")
    directory = tmp_path_factory.mktemp("python")
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    done = run(*generate, "--path", OPENAPI_YAML, "--output-path", "client", cwd=directory)
    assert (done.returncode, done.stderr) == (0, "")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(directory / "client")
        return SimpleNamespace(
            models=importlib.import_module(f"{PACKAGE}.models"),
            client=importlib.import_module(PACKAGE),
            create=importlib.import_module(f"{PACKAGE}.api.llm_providers.create_llm_provider"),
            listed=importlib.import_module(f"{PACKAGE}.api.llm_providers.list_llm_providers"),
        )


def test_a_python_client_creates_a_provider_and_understands_the_answers(
    python_client: SimpleNamespace, server: LiveServer
) -> None:
    server.clear()
    models = python_client.models
    config = models.OpenAIConfig(
        provider="openai",
        credentials=models.OpenAICredentials(api_key="sk-your-api-key", organization="org-your-org-id"),
    )
    masked: dict[str, Any] = {
        "provider": "openai",
        "enabled": True,
        "credentials": models.OpenAICredentials(api_key="sk-***", organization="org-***"),
    }
    with python_client.client.AuthenticatedClient(base_url=server.url, token=server.token()) as client:
        assert python_client.create.sync(client=client, body=config) == models.OpenAIConfig(**masked)
        conflict = python_client.create.sync(client=client, body=config)
        assert python_client.listed.sync(client=client, enabled=True).providers == [models.StoredOpenAIConfig(**masked)]
        assert python_client.listed.sync(client=client, enabled=False).providers == []
    assert isinstance(conflict, models.ConflictError)
    assert conflict.error.code == "CONFLICT"
    assert conflict.error.message == "Configuration already exists for provider: openai"


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the compiler, the generated types and what uses them."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("there is no Node.js with npm")
    directory = tmp_path_factory.mktemp("typescript")
    shutil.copytree(HERE, directory, dirs_exist_ok=True)
    installed = run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=directory)
    if UNREACHABLE.search(installed.stderr):
        pytest.skip("npm does not reach its registry")
    assert installed.returncode == 0, installed.stderr
    generated = run("node_modules/.bin/openapi-typescript", OPENAPI_YAML, "-o", "api.d.ts", cwd=directory)
    assert generated.returncode == 0, generated.stderr
    return directory


def compile_with(typescript: Path, file: str) -> str:
    """What the compiler complains about."""
    return run("node_modules/.bin/tsc", "--noEmit", "--strict", file, cwd=typescript).stdout


def test_typescript_that_uses_the_types_compiles(typescript: Path) -> None:
    assert compile_with(typescript, "right.ts") == ""


def test_typescript_with_a_credential_missing_does_not_compile(typescript: Path) -> None:
    assert "Property 'endpoint' is missing" in compile_with(typescript, "wrong.ts")
