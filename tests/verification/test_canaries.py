"""A provider that gives the key back in its answer: through no door of ours does a piece of it come out."""

import io
import logging
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from llm_providers.models import AuditEvent, LLMProviderConfig, ModelList, OutboundCount
from llm_providers.providers import PROVIDERS, Provider
from tests.admin.pages import CONFIGS, HOME, change, entries
from tests.client import API
from tests.conftest import NAMES
from tests.factories import canaries, canary_credentials, found, pem
from tests.torture.conftest import mostly_torture
from tests.verification.echoes import ECHOES, Echo, echoing
from tests.verification.https_server import HTTPSServer
from tests.ways import name_of, through_each_way

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WAYS = [way for provider in PROVIDERS for way in through_each_way(provider)]
# Who asks for a token first meets two that may be hostile.
HOPS = [(way, hop) for way in WAYS for hop in ((1, 2) if name_of(way).endswith(("key-file", "entra-id")) else (1,))]
CASES = [(name, way, hop) for name, (way, hop) in product(ECHOES, HOPS)]
KEY = pem(rsa.generate_private_key(65537, 2048))


def secret_credentials(provider: type[Provider]) -> dict[str, Any]:
    """Canaries, of which the key file's key can sign."""
    credentials = canary_credentials(provider)
    if "service_account" in credentials:
        credentials["service_account"] |= {"private_key": KEY, "private_key_id": uuid4().hex}
    return PROVIDERS.clean(provider.slug, credentials)


@pytest.fixture
def hostile(settings: Settings, loopback: Path) -> Iterator[Callable[[Echo, str | None], HTTPSServer]]:
    """Start a server in the place of everybody who may be asked."""
    settings.LLM_PROVIDERS_OUTBOUND_PAUSE = 0
    settings.LLM_PROVIDERS_VERIFY_LIMIT_PER_USER = settings.LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER = 1000
    servers: list[HTTPSServer] = []

    def start(echo: Echo, token: str | None) -> HTTPSServer:
        server = HTTPSServer(loopback, echoing(echo, token)).__enter__()
        servers.append(server)
        settings.LLM_PROVIDERS_ORIGINS = dict.fromkeys(NAMES, f"https://127.0.0.1:{server.port}")
        return server

    yield start
    for server in servers:
        server.__exit__()


@pytest.fixture
def logged(log: io.StringIO, caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What is logged at DEBUG, by whatever logger."""
    caplog.set_level(logging.DEBUG)
    return lambda: log.getvalue() + caplog.text


def through_the_api(api: API, body: dict[str, Any]) -> Iterator[Any]:
    """Each route that asks a provider, first with nothing stored, then with the credentials in their row."""
    config = f"/v1/llm-provider/{body['provider']}"
    yield api.post("/v1/llm-providers/verify", body)
    yield api.post("/v1/llm-providers?verify=require", body)
    api.post("/v1/llm-providers", body)
    yield api.post(f"{config}/verify")
    yield api.put(f"{config}?verify=require", {"credentials": body["credentials"], "enabled": False})
    yield api.patch(f"{config}?verify=require", {"enabled": True})
    yield api.get(f"{config}/models")
    yield api.get(f"{config}/status")
    yield api.get("/v1/audit-events")


def through_the_command() -> str:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_providers", stdout=out, stderr=err)
    except CommandError as error:
        return f"{out.getvalue()}{err.getvalue()}{error!r}"
    return out.getvalue() + err.getvalue()


def through_the_admin(client: Client, credentials: dict[str, Any]) -> Iterator[Any]:
    config = LLMProviderConfig.objects.get()
    one = f"{CONFIGS}{config.pk}"
    yield client.post(f"{one}/verify/", {"home": "1"}, follow=True)
    yield client.post(CONFIGS, {"_verify": config.provider}, follow=True)
    yield client.get(f"{one}/models/")
    entered = {"verify_first": "on", "etag": config.etag, **entries(credentials, enabled=not config.enabled)}
    yield client.post(change(config.pk), entered, follow=True)
    for path in (HOME, CONFIGS, change(config.pk), f"{one}/history/"):
        yield client.get(path)


@pytest.mark.parametrize(
    "case", mostly_torture(CASES, 7), ids=lambda case: f"{case[0]}, {name_of(case[1])}{' at last' * (case[2] - 1)}"
)
def test_no_door_tells_what_a_provider_gives_back(
    api: API,
    admin_client: Client,
    hostile: Callable[[Echo, str | None], HTTPSServer],
    logged: Callable[[], str],
    case: tuple[str, type[Provider], int],
) -> None:
    echo, way, hop = case
    credentials, token = secret_credentials(way), f"ya29.{uuid4().hex}"
    server = hostile(ECHOES[echo], token if hop == 2 else None)
    body = {"provider": way.slug, "enabled": True, "credentials": credentials}
    answers = list(through_the_api(api, body))
    answers += through_the_admin(admin_client, credentials)
    printed = through_the_command()
    told = [answer.content + repr(dict(answer.headers)).encode() for answer in answers]
    rows = [
        *LLMProviderConfig.objects.values("last_verification", "updated_by", "version"),
        *(list(model.objects.values()) for model in (AuditEvent, ModelList, OutboundCount)),
    ]
    pieces = [*canaries(way, credentials), token[-32:-16], token[-16:]]
    assert {answer.status_code for answer in answers} <= {200, 422, 502}
    assert found(pieces, *told, repr(rows), printed, logged()) == []
    # There was something to tell: it was given back each time.
    given = [piece for request in server.received for piece in found(pieces, repr(request))]
    assert given or way.slug == "amazon-bedrock"
    assert len(server.received) >= 9
