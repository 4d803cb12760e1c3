"""Each way into a provider as a client sends it, and as it is answered."""

from typing import Any

from llm_providers.providers import PROVIDERS
from tests.ways import through_each_way

IN_EACH_WAY = [each for declared in PROVIDERS for each in through_each_way(declared)]
BODIES: list[dict[str, Any]] = [
    {"provider": each.slug, "enabled": True, "credentials": each.example} for each in IN_EACH_WAY
]
ANSWERS: list[dict[str, Any]] = [
    {**body, "credentials": PROVIDERS.mask(body["provider"], body["credentials"])} for body in BODIES
]
AZURE = next(body for body in BODIES if body["provider"] == "azure")
# From the first way into Azure to the second.
TO_ENTRA: dict[str, Any] = {
    "api_key": None,
    "tenant_id": "your-tenant-id",
    "client_id": "your-client-id",
    "client_secret": "your-client-secret",
}
ENTRA_ANSWER = next(answer for answer in ANSWERS if "tenant_id" in answer["credentials"])
