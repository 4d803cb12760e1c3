"""Azure without keys: an app registration and its client secret."""

from typing import Any

import pytest
from rest_framework.exceptions import ValidationError

from llm_providers.providers import PROVIDERS
from llm_providers.providers.azure import Azure
from tests.providers.refusals import refusal, refused

pytestmark = pytest.mark.once

ENTRA: dict[str, Any] = dict(Azure.Credentials.ways[1].example)
REQUIRED = ["This field is required."]


@pytest.mark.parametrize("tenant", ["72f988bf-86f1-41af-91ab-2d7cd011db47", "contoso.onmicrosoft.com", "a"])
def test_a_tenant_is_a_guid_or_a_domain(tenant: str) -> None:
    assert PROVIDERS.clean("azure", ENTRA | {"tenant_id": tenant})["tenant_id"] == tenant


@pytest.mark.parametrize("tenant", ["..", "a/b", "a..b", ".a", "a.", "a?b", "a%2fb", "-a", "a" * 64])
def test_a_tenant_that_could_change_a_path_is_refused(tenant: str) -> None:
    assert refusal("azure", ENTRA | {"tenant_id": tenant}) == {
        "credentials.tenant_id": ["A tenant id is a GUID, or a domain name of the directory."]
    }


def test_without_a_way_each_is_named_with_what_it_takes() -> None:
    assert refused("azure", api_key=None) == {
        "credentials": [
            (
                "Send the fields of one way in. Missing for API key: api_key. "
                "Missing for Entra ID: tenant_id, client_id, client_secret."
            )
        ]
    }


def test_half_of_a_second_way_is_told_with_what_it_lacks() -> None:
    assert refused("azure", tenant_id="your-tenant-id") == {
        "credentials": [
            (
                "Send the fields of one way in: these are of API key and Entra ID. Missing for API key: nothing. "
                "Missing for Entra ID: client_id, client_secret."
            )
        ]
    }


def test_half_of_a_way_is_told_field_by_field() -> None:
    half = {name: value for name, value in ENTRA.items() if name not in ("client_id", "endpoint")}
    assert refusal("azure", half) == {"credentials.client_id": REQUIRED, "credentials.endpoint": REQUIRED}


def test_an_unknown_field_is_told_with_the_missing_way() -> None:
    sentences = refused("azure", api_key=None, api_keys="your-azure-api-key")["credentials"]
    assert [sentence[:36] for sentence in sentences] == [
        "Unknown field. Did you mean api_key?",
        "Send the fields of one way in. Missi",
    ]


def test_a_tenant_changes_only_with_the_client_secret() -> None:
    with pytest.raises(ValidationError) as refused_change:
        PROVIDERS.merge("azure", ENTRA, {"tenant_id": "your-second-tenant"})
    assert refused_change.value.detail == {
        "client_secret": ["Send this secret again: tenant_id changes, and a secret belongs to its destination."]
    }
    with_secret = {"tenant_id": "your-second-tenant", "client_secret": "your-second-secret"}
    assert PROVIDERS.merge("azure", ENTRA, with_secret) == ENTRA | with_secret


def test_a_change_of_the_way_says_what_to_forget() -> None:
    patch = {name: ENTRA[name] for name in ("tenant_id", "client_id", "client_secret")}
    with pytest.raises(ValidationError) as refused_change:
        PROVIDERS.merge("azure", Azure.example, patch)
    assert refused_change.value.detail == {
        "non_field_errors": [
            (
                "Send the fields of one way in: these are of API key and Entra ID. Missing for API key: nothing. "
                "Missing for Entra ID: nothing. To leave API key, send null for api_key."
            )
        ]
    }
    assert PROVIDERS.merge("azure", Azure.example, patch | {"api_key": None}) == ENTRA


@pytest.mark.parametrize("version", ["2024-10-21", "2025-04-01-preview", "v1", "preview"])
def test_every_form_of_an_api_version_is_accepted(version: str) -> None:
    assert PROVIDERS.clean("azure", ENTRA | {"api_version": version})["api_version"] == version


def test_an_api_version_that_could_change_a_query_is_refused() -> None:
    assert list(refusal("azure", ENTRA | {"api_version": "2024-10-21&a=b"})) == ["credentials.api_version"]
