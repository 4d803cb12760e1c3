from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

from tests.access.issuers import AUDIENCE, Issuer
from tests.verification.conftest import authority, loopback  # noqa: F401  (fixtures)
from tests.verification.conftest import reachable as reachable_for_all
from tests.verification.https_server import HTTPSServer

if TYPE_CHECKING:
    from llm_providers.models import Machine

reachable = reachable_for_all


@pytest.fixture
def issuer(settings: Settings, loopback: Path) -> Iterator[Issuer]:  # noqa: F811
    """An issuer that the settings name, found by discovery, and known to nobody yet."""
    from llm_providers.access.key_sets import key_set  # once the settings are there

    key_set.cache_clear()
    found = Issuer()
    with HTTPSServer(loopback, found.answer) as server:
        found.serve(f"https://127.0.0.1:{server.port}")
        settings.LLM_PROVIDERS_OIDC_ISSUERS = {found.url: {"audience": AUDIENCE, "jwks": ""}}
        yield found


@pytest.fixture
def billing(db: None, issuer: Issuer) -> "Machine":
    """A machine that views, and which is the workload of the issuer's tokens."""
    from llm_providers.models import Machine

    identity = {
        "issuer": issuer.url,
        "audience": AUDIENCE,
        "subject": "repo:acme/*:environment:production",
        "claims": {"repository_owner_id": "123456"},
    }
    return Machine.objects.create(name="billing", permissions=["view"], providers=None, identities=[identity])
