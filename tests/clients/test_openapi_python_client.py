"""The client that openapi-python-client makes works as it comes out of the generator."""

import importlib
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from llm_providers.providers import PROVIDERS
from tests.clients.bodies import ANSWERS, AZURE, BODIES, ENTRA_ANSWER, TO_ENTRA
from tests.clients.tools import OPENAPI_YAML, run
from tests.live import LiveServer

pytestmark = pytest.mark.once

PACKAGE = "re_factor_api_reference_client"


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
            patch=importlib.import_module(f"{PACKAGE}.api.llm_providers.patch_llm_provider"),
            delete=importlib.import_module(f"{PACKAGE}.api.llm_providers.delete_llm_provider"),
            rotation=importlib.import_module(f"{PACKAGE}.api.llm_providers.get_llm_provider_rotation"),
            policy=importlib.import_module(f"{PACKAGE}.api.llm_providers.patch_llm_provider_rotation"),
            undo=importlib.import_module(f"{PACKAGE}.api.llm_providers.undo_llm_provider_rotation"),
            retire=importlib.import_module(f"{PACKAGE}.api.llm_providers.retire_llm_provider_credentials"),
            listed=importlib.import_module(f"{PACKAGE}.api.llm_providers.list_llm_providers"),
        )


def test_it_creates_lists_patches_and_understands_a_conflict(
    python_client: SimpleNamespace, server: LiveServer
) -> None:
    server.clear()
    models = python_client.models
    config = models.OpenAIConfig(
        provider="openai",
        credentials=models.OpenAICredentials(api_key="sk-your-api-key"),
    )
    masked: dict[str, Any] = {
        "provider": "openai",
        "enabled": True,
        "credentials": models.OpenAICredentials(api_key="sk-***"),
    }
    with python_client.client.AuthenticatedClient(base_url=server.url, token=server.token()) as client:
        assert python_client.create.sync(client=client, body=config) == models.OpenAIConfig(**masked)
        conflict = python_client.create.sync(client=client, body=config)
        assert python_client.listed.sync(client=client, enabled=True).providers == [models.StoredOpenAIConfig(**masked)]
        assert python_client.listed.sync(client=client, enabled=False).providers == []
        change = models.LLMProviderConfigPatch(
            credentials=models.OpenAICredentialsPatch(organization="org-your-org-id")
        )
        changed = python_client.patch.sync(models.LLMProvidersEnum.OPENAI, client=client, body=change)
    both = models.OpenAICredentials(api_key="sk-***", organization="org-***")
    assert changed == models.StoredOpenAIConfig(**{**masked, "credentials": both})
    assert isinstance(conflict, models.ConflictError)
    assert conflict.error.code == "CONFLICT"
    assert conflict.error.message == "Configuration already exists for provider: openai"


def test_each_way_is_one_class_and_is_created(python_client: SimpleNamespace, server: LiveServer) -> None:
    server.clear()
    models = python_client.models
    with python_client.client.AuthenticatedClient(base_url=server.url, token=server.token()) as client:
        for body, answer in zip(BODIES, ANSWERS, strict=True):
            name = PROVIDERS.get(body["provider"]).__name__
            config = getattr(models, f"{name}Config").from_dict(body)
            assert type(config.credentials) is getattr(models, f"{name}Credentials")
            assert python_client.create.sync(client=client, body=config).to_dict() == answer
            python_client.delete.sync(models.LLMProvidersEnum(body["provider"]), client=client)


def test_the_way_is_changed_by_a_patch(python_client: SimpleNamespace, server: LiveServer) -> None:
    server.clear()
    models = python_client.models
    change = models.LLMProviderConfigPatch(credentials=models.AzureCredentialsPatch(**TO_ENTRA))
    with python_client.client.AuthenticatedClient(base_url=server.url, token=server.token()) as client:
        python_client.create.sync(client=client, body=models.AzureConfig.from_dict(AZURE))
        changed = python_client.patch.sync(models.LLMProvidersEnum.AZURE, client=client, body=change)
    assert changed.to_dict() == ENTRA_ANSWER


def test_it_rotates_and_finds_its_way_back(python_client: SimpleNamespace, server: LiveServer) -> None:
    server.clear()
    models, openai = python_client.models, python_client.models.LLMProvidersEnum.OPENAI
    config = models.OpenAIConfig(provider="openai", credentials=models.OpenAICredentials(api_key="sk-your-api-key"))
    change = models.LLMProviderConfigPatch(credentials=models.OpenAICredentialsPatch(api_key="sk-your-next-key"))
    with python_client.client.AuthenticatedClient(base_url=server.url, token=server.token()) as client:
        created = python_client.create.sync(client=client, body=config)
        policy = models.RotationPolicy(owner="ml-platform", rotate_every_days=None)
        owned = python_client.policy.sync(openai, client=client, body=policy)
        python_client.patch.sync(openai, client=client, body=change)
        rotation = python_client.rotation.sync(openai, client=client)
        undone = python_client.undo.sync(openai, client=client)
        retired = python_client.retire.sync(openai, client=client)
        nothing = python_client.undo.sync(openai, client=client)
    assert (owned.owner, owned.rotate_every_days, owned.previous) == ("ml-platform", None, None)
    assert (rotation.version, rotation.previous.version, rotation.previous.replaced_by) == (2, 1, "admin")
    assert undone.to_dict() == created.to_dict()
    assert (retired.version, retired.previous, retired.consumers, retired.safe_to_revoke) == (3, None, [], None)
    assert (nothing.error.code, type(nothing)) == ("NOTHING_TO_UNDO", models.ConflictError)
