from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from llm_providers.providers import PROVIDERS, Provider
from tests.providers.strangers import STRANGERS
from tests.ways import name_of, through_each_way

if TYPE_CHECKING:
    from llm_providers.models import LLMProviderConfig


# The registered ones, and some that are registered only while they are tested.
DECLARED = [*PROVIDERS, *(stranger for stranger in STRANGERS if stranger.slug not in PROVIDERS)]
IN_EACH_WAY = [each for declared in DECLARED for each in through_each_way(declared)]


@pytest.fixture(autouse=True)
def stranger_registered(request: pytest.FixtureRequest) -> Iterator[None]:
    from tests.factories import registered  # once the settings are there

    asked = request.node.callspec.params.get("provider") if hasattr(request.node, "callspec") else None
    if not (isinstance(asked, type) and issubclass(asked, Provider) and issubclass(asked, tuple(STRANGERS))):
        yield
        return
    with registered(asked):
        yield


@pytest.fixture(params=IN_EACH_WAY, ids=name_of)
def provider(request: pytest.FixtureRequest) -> type[Provider]:
    """Each provider in turn, in each of its ways: what is declared anew is tested without being named."""
    declared: type[Provider] = request.param
    return declared


@pytest.fixture
def credentials(provider: type[Provider]) -> dict[str, Any]:
    from tests.factories import canary_credentials  # once the settings are there

    return canary_credentials(provider)


@pytest.fixture
def secrets(provider: type[Provider], credentials: dict[str, Any]) -> list[str]:
    """What must not be seen of the credentials."""
    from tests.factories import canaries

    return canaries(provider, credentials)


@pytest.fixture
def config(provider: type[Provider], credentials: dict[str, Any]) -> "LLMProviderConfig":
    from tests.factories import stored

    return stored(provider.slug, PROVIDERS.clean(provider.slug, credentials))
