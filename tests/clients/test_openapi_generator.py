"""The Python client that openapi-generator makes."""

import importlib
from types import ModuleType

import pytest

from llm_providers.providers import PROVIDERS
from tests.clients.bodies import ANSWERS, BODIES
from tests.clients.tools import openapi_generator
from tests.live import LiveServer

pytestmark = pytest.mark.once

PACKAGE = "client_by_openapi_generator"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    directory = tmp_path_factory.mktemp("openapi-generator")
    openapi_generator("python", directory, f"packageName={PACKAGE}")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(directory / "python")
        return importlib.import_module(PACKAGE)


def test_it_creates_lists_patches_rotates_and_understands_a_conflict(made: ModuleType, server: LiveServer) -> None:
    server.clear()
    whole = {"provider": "openai", "enabled": True, "credentials": {"api_key": "sk-your-api-key"}}
    masked = {**whole, "credentials": {"api_key": "sk-***"}}
    body = made.LLMProviderConfig(made.OpenAIConfig.from_dict(whole))
    change = made.LLMProviderConfigPatch.from_dict({"credentials": {"organization": "org-your-org-id"}})
    configuration = made.Configuration(host=server.url, access_token=server.token())
    with made.ApiClient(configuration) as client:
        api = made.LLMProvidersApi(client)
        assert api.create_llm_provider(body).to_dict() == masked
        with pytest.raises(made.exceptions.ConflictException) as refused:
            api.create_llm_provider(body)
        assert api.list_llm_providers(enabled=True).to_dict() == {"providers": [masked]}
        changed = api.patch_llm_provider("openai", change).to_dict()
        policy = made.RotationPolicy.from_dict({"owner": "ml-platform", "rotate_every_days": 90})
        rotation = api.patch_llm_provider_rotation("openai", policy)
        replaced = made.LLMProviderConfigPatch.from_dict({"credentials": {"api_key": "sk-your-next-key"}})
        api.patch_llm_provider("openai", replaced)
        previous = api.get_llm_provider_rotation("openai").previous
        undone = api.undo_llm_provider_rotation("openai").to_dict()
        retired = api.retire_llm_provider_credentials("openai")
    assert refused.value.data.error.code == "CONFLICT"
    assert (rotation.owner, rotation.rotate_every_days, rotation.previous) == ("ml-platform", 90, None)
    assert (previous.version, undone, retired.previous, retired.safe_to_revoke) == (2, changed, None, None)
    assert changed == {**masked, "credentials": {"api_key": "sk-***", "organization": "org-***"}}


def test_each_way_is_created(made: ModuleType, server: LiveServer) -> None:
    server.clear()
    configuration = made.Configuration(host=server.url, access_token=server.token())
    with made.ApiClient(configuration) as client:
        api = made.LLMProvidersApi(client)
        for body, answer in zip(BODIES, ANSWERS, strict=True):
            name = PROVIDERS.get(body["provider"]).__name__
            config = getattr(made, f"{name}Config").from_dict(body)
            assert api.create_llm_provider(made.LLMProviderConfig(config)).to_dict() == answer
            api.delete_llm_provider(body["provider"])
