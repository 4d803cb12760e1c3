import pytest
from pytest_django import Settings

from llm_providers.providers import PROVIDERS
from llm_providers.providers.azure import Azure
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once

RESOURCE = "https://res.openai.azure.com"
NOT_PLAIN = "The endpoint must be a plain URL without user name or port, https://<name>.openai.azure.com."


@pytest.mark.parametrize(
    "pasted",
    [
        RESOURCE,
        f"{RESOURCE}/",
        f"{RESOURCE}/openai/v1/",
        f"{RESOURCE}/openai/deployments/x/chat/completions?api-version=2024-10-21",
        f"{RESOURCE}:443/",
        f"  {RESOURCE}\n",
        "https://res.openai.azure.com./",
        "HTTPS://Res.OpenAI.Azure.COM",
    ],
)
def test_every_pasted_form_is_reduced_to_the_origin(pasted: str) -> None:
    assert clean("azure", endpoint=pasted)["endpoint"] == RESOURCE


def test_a_foundry_project_is_reduced_to_the_origin() -> None:
    pasted = "https://r.services.ai.azure.com/api/projects/p"
    assert clean("azure", endpoint=pasted)["endpoint"] == "https://r.services.ai.azure.com"


@pytest.mark.parametrize(
    "host",
    [
        "your-resource.openai.azure.com",
        "r.services.ai.azure.com",
        "r.cognitiveservices.azure.com",
        "r.openai.azure.us",
        "r.cognitiveservices.azure.us",
        "r.services.ai.azure.us",
        "r.openai.azure.cn",
        "r.cognitiveservices.azure.cn",
    ],
)
def test_the_hosts_of_every_azure_cloud_are_accepted(host: str) -> None:
    assert clean("azure", endpoint=f"https://{host}")["endpoint"] == f"https://{host}"


@pytest.mark.parametrize(
    "endpoint", ["http://res.openai.azure.com", "res.openai.azure.com", "ftp://res.openai.azure.com"]
)
def test_an_endpoint_without_https_is_refused(endpoint: str) -> None:
    sentence = "The endpoint must be an https:// URL."
    assert refused("azure", endpoint=endpoint) == {"credentials.endpoint": [sentence]}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://res.openai.azure.com@evil.com",
        "https://user:pass@res.openai.azure.com",
        "https://@res.openai.azure.com",
        "https://evil.com#.openai.azure.com",
        "https://evil.com\\.openai.azure.com",
        "https://res.openai.azure.com:8443",
        "https://res.openai.azure.com:99999",
        "https://res.openai.azure.com:x",
        "https://[::1",
    ],
)
def test_an_endpoint_that_is_no_plain_url_is_refused(endpoint: str) -> None:
    assert refused("azure", endpoint=endpoint) == {"credentials.endpoint": [NOT_PLAIN]}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://res.openai.azure.com.evil.com",
        "https://evil.com/.openai.azure.com",
        "https://evil.com?.openai.azure.com",
        "https://a.b.openai.azure.com",
        "https://resopenai.azure.com",
        "https://openai.azure.com",
        "https://.openai.azure.com",
        "https://-res.openai.azure.com",
        "https://res-.openai.azure.com",
        "https://re_s.openai.azure.com",
        "https://res%2eopenai.azure.com",
        "https://res.openai.azure.com..",
        f"https://{'a' * 64}.openai.azure.com",
        "https://gateway.azure-api.net",
        "https://api.openai.com",
        "https://169.254.169.254/metadata",
        "https://127.0.0.1",
        "https://[::1]/",
        "https://localhost",
        "https://",
    ],
)
def test_an_endpoint_on_another_host_is_refused_with_the_hosts_that_are_allowed(endpoint: str) -> None:
    suffixes = (
        ".openai.azure.com, .services.ai.azure.com, .cognitiveservices.azure.com, .openai.azure.us, "
        ".cognitiveservices.azure.us, .services.ai.azure.us, .openai.azure.cn, .cognitiveservices.azure.cn"
    )
    sentence = f"The host of the endpoint must be one name followed by one of: {suffixes}."
    assert refused("azure", endpoint=endpoint) == {"credentials.endpoint": [sentence]}


@pytest.mark.parametrize("endpoint", ["https://res.openai\n.azure.com", "https://rés.openai.azure.com", "https://a b"])
def test_an_endpoint_of_odd_characters_is_refused(endpoint: str) -> None:
    assert list(refused("azure", endpoint=endpoint)) == ["credentials.endpoint"]


def test_an_operator_can_allow_a_gateway(settings: Settings) -> None:
    settings.AZURE_ENDPOINT_SUFFIXES_EXTRA = [".azure-api.net"]
    endpoint = "https://gateway.azure-api.net"
    assert clean("azure", endpoint=endpoint)["endpoint"] == endpoint


@pytest.mark.parametrize("key", ["0123456789abcdef" * 2, "aB3" * 24 + "JQQJ99" + "x" * 6, "a" * 88])
def test_the_older_and_the_newer_keys_are_accepted(key: str) -> None:
    assert clean("azure", api_key=key)["api_key"] == key


@pytest.mark.parametrize("name", ["gpt-4o", "FW-GLM-5.2-standard", "my_deployment", "7", "a" * 64])
def test_every_deployment_name_is_accepted(name: str) -> None:
    assert clean("azure", deployment_id=name)["deployment_id"] == name


@pytest.mark.parametrize("name", ["../models", "a/b", "a?b", "a#b", "a%2fb", ".hidden", "-a", "_a", "a" * 65])
def test_a_deployment_name_that_could_change_a_path_is_refused(name: str) -> None:
    sentence = "A deployment name is 1 to 64 letters, digits, dots, hyphens or underscores."
    assert refused("azure", deployment_id=name) == {"credentials.deployment_id": [sentence]}


def test_only_the_key_is_masked() -> None:
    assert PROVIDERS.mask("azure", clean("azure")) == {**Azure.example, "api_key": "***"}


def test_secrets_are_sent_to_the_endpoint_and_to_the_tenant() -> None:
    declared = Azure.Credentials.declared()
    assert [name for name, field in declared.items() if field.destination] == ["tenant_id", "endpoint"]


def test_of_two_domains_that_both_fit_the_longer_counts_as_well(settings: Settings) -> None:
    settings.AZURE_ENDPOINT_SUFFIXES_EXTRA = [".corp.example", ".llm.corp.example"]
    assert clean("azure", endpoint="https://a.llm.corp.example")["endpoint"] == "https://a.llm.corp.example"


def test_a_wrong_scheme_and_a_wrong_host_are_told_at_once() -> None:
    [scheme, host] = refused("azure", endpoint="http://llm.example.com")["credentials.endpoint"]
    assert scheme == "The endpoint must be an https:// URL."
    assert host.startswith("The host of the endpoint must be one name followed by one of: ")
