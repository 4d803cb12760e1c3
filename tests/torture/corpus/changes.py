"""PUT and PATCH of credentials: wrong values, masked ones sent back, and secrets led elsewhere."""

import json
from typing import Any

from llm_providers.providers import PROVIDERS, Provider
from tests.torture.corpus.case import CANARY, Case
from tests.torture.corpus.credentials import ENDPOINTS, FIELDS, KEY_FILE, KEY_FILES, PARTICULARS, REQUIRED, WRONG
from tests.ways import fields_of, name_of

SOMETHING_ELSE: dict[str, tuple[str, dict[str, Any]]] = {
    "another endpoint without the key": ("azure", {"endpoint": "https://other.openai.azure.com"}),
    "another endpoint and a removed key": ("azure", {"endpoint": "https://other.openai.azure.com", "api_key": None}),
    "another endpoint and a masked key": ("azure", {"endpoint": "https://other.openai.azure.com", "api_key": "***"}),
    "another way without null for the old one": (
        "azure",
        {"tenant_id": "your-tenant-id", "client_id": "your-client-id", "client_secret": CANARY},
    ),
    "another way in part": ("azure", {"api_key": None, "tenant_id": "your-tenant-id", "client_id": "your-client-id"}),
    "no way at all": ("azure", {"api_key": None}),
    "a removed endpoint": ("azure", {"endpoint": None}),
    "a part of a key file": ("google-vertex", {"service_account": {"type": "service_account"}}),
    "a removed key file": ("google-vertex", {"service_account": None}),
    "a part of a key file, masked": ("google-vertex", {"service_account": {"private_key": "***"}}),
}


def put(name: str, slug: str, changes: dict[str, Any], provider: type[Provider] | None = None) -> Case:
    """Replace credentials by the provider's example with changes; a field of `...` is left out."""
    credentials = {**(provider or PROVIDERS.get(slug)).example, **changes}
    return change("PUT", name, slug, {field: value for field, value in credentials.items() if value is not ...})


def patch(name: str, provider: str, changes: dict[str, Any]) -> Case:
    return change("PATCH", name, provider, changes)


def change(method: str, name: str, provider: str, credentials: dict[str, Any]) -> Case:
    """Switch off at the same time: of a change that is refused, nothing is made."""
    body = json.dumps({"enabled": False, "credentials": credentials}).encode()
    return Case(f"{method}: {name}", 400, method, f"/v1/llm-provider/{provider}", body=body)


def read_and_sent_back(method: str, slug: str) -> Case:
    """What GET answers, unchanged."""
    return change(method, f"{slug} takes nothing masked", slug, PROVIDERS.mask(slug, PROVIDERS.get(slug).example))


CASES = [
    *(
        put(f"{name_of(provider)} takes no {name} for {field}", provider.slug, {field: value}, provider)
        for provider, field in FIELDS
        for name, value in WRONG.items()
        if not (name == "a masked value" and not fields_of(provider)[field].masked)
    ),
    *(
        patch(f"{name_of(provider)} takes no {name} for {field}", provider.slug, {field: value})
        for provider, field in FIELDS
        if provider is PROVIDERS.get(provider.slug)  # stored are the published ways
        for name, value in WRONG.items()
        # In a PATCH null removes what is not required.
        if value is not None or (provider, field) in REQUIRED
        if not (name == "a masked value" and not fields_of(provider)[field].masked)
    ),
    *(
        put(f"{name_of(provider)} misses {field}", provider.slug, {field: ...}, provider)
        for provider, field in REQUIRED
    ),
    *(
        make(f"{slug} takes no secret for a name", slug, {CANARY: value})
        for slug in PROVIDERS.slugs()
        for value in (CANARY, None)
        for make in (put, patch)
    ),
    *(
        make(f"azure takes no endpoint {url}", "azure", {"endpoint": url, "api_key": CANARY})
        for url in ENDPOINTS
        for make in (put, patch)
    ),
    *(
        make(f"google-vertex takes no key file {name}", "google-vertex", {"service_account": {**KEY_FILE, **changes}})
        for name, changes in KEY_FILES.items()
        for make in (put, patch)
    ),
    *(make(name, provider, changes) for name, (provider, changes) in PARTICULARS.items() for make in (put, patch)),
    *(read_and_sent_back(method, slug) for slug in PROVIDERS.slugs() for method in ("PUT", "PATCH")),
    *(patch(name, provider, changes) for name, (provider, changes) in SOMETHING_ELSE.items()),
]
