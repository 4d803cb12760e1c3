from typing import Any

import pytest

from llm_providers import environment
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.providers.google_vertex import GoogleVertex

# The table of the contract.
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "openai": {"api_key": ("OPENAI_API_KEY",), "organization": ("OPENAI_ORG_ID",)},
    "anthropic": {"api_key": ("ANTHROPIC_API_KEY",)},
    "google": {"api_key": ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY")},
    "google-vertex": {
        "service_account": ("GOOGLE_APPLICATION_CREDENTIALS",),
        "project_id": ("GOOGLE_CLOUD_PROJECT", "GOOGLE_VERTEX_PROJECT"),
        "location": ("GOOGLE_CLOUD_LOCATION", "GOOGLE_VERTEX_LOCATION"),
    },
    "azure": {
        "api_key": ("AZURE_OPENAI_API_KEY", "AZURE_API_KEY"),
        "endpoint": ("AZURE_OPENAI_ENDPOINT",),
        "deployment_id": ("AZURE_OPENAI_DEPLOYMENT",),
    },
    "amazon-bedrock": {
        "aws_access_key_id": ("AWS_ACCESS_KEY_ID",),
        "aws_secret_access_key": ("AWS_SECRET_ACCESS_KEY",),
        "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
        "aws_session_token": ("AWS_SESSION_TOKEN",),
    },
    "xai": {"api_key": ("XAI_API_KEY",)},
}
STRINGS = [
    (slug, name, variables)
    for slug, names in NAMES.items()
    for name, variables in names.items()
    if name != "service_account"
]
KEY_FILE: dict[str, Any] = GoogleVertex.example["service_account"]


def test_the_names_are_those_the_official_sdks_read() -> None:
    assert {slug: environment.names(get_provider(slug)) for slug in NAMES} == NAMES


@pytest.mark.parametrize(("slug", "name", "variables"), STRINGS)
def test_a_value_is_written_under_its_first_name(slug: str, name: str, variables: tuple[str, ...]) -> None:
    assert environment.to_environment(get_provider(slug), {name: "value"}) == {variables[0]: "value"}


@pytest.mark.parametrize(("slug", "name", "variables"), STRINGS)
def test_a_value_is_read_under_each_of_its_names(slug: str, name: str, variables: tuple[str, ...]) -> None:
    for variable in variables:
        assert environment.from_environment(get_provider(slug), {variable: "value"}) == {name: "value"}


@pytest.mark.parametrize(("slug", "name", "variables"), STRINGS)
def test_of_several_names_the_first_wins(slug: str, name: str, variables: tuple[str, ...]) -> None:
    everything = {variable: variable for variable in variables}
    assert environment.from_environment(get_provider(slug), everything) == {name: variables[0]}


def test_an_empty_variable_counts_as_unset() -> None:
    variables = {"GEMINI_API_KEY": "", "GOOGLE_API_KEY": "value"}
    assert environment.from_environment(get_provider("google"), variables) == {"api_key": "value"}
    assert environment.from_environment(get_provider("google"), {"GEMINI_API_KEY": ""}) == {}


def test_other_variables_are_left_alone() -> None:
    assert environment.from_environment(get_provider("openai"), {"PATH": "/bin", "XAI_API_KEY": "x"}) == {}


def test_an_absent_field_gives_no_variable() -> None:
    assert environment.to_environment(get_provider("openai"), {"api_key": "sk-1"}) == {"OPENAI_API_KEY": "sk-1"}


def test_a_service_account_travels_as_what_identifies_and_signs() -> None:
    assert environment.to_environment(GoogleVertex, GoogleVertex.example) == {
        "GOOGLE_CLIENT_EMAIL": KEY_FILE["client_email"],
        "GOOGLE_PRIVATE_KEY": KEY_FILE["private_key"],
        "GOOGLE_PRIVATE_KEY_ID": KEY_FILE["private_key_id"],
        "GOOGLE_CLOUD_PROJECT": "your-project",
        "GOOGLE_CLOUD_LOCATION": "global",
    }


def test_a_private_key_of_an_environment_file_is_mended() -> None:
    variables = {
        "GOOGLE_CLIENT_EMAIL": KEY_FILE["client_email"],
        "GOOGLE_PRIVATE_KEY": KEY_FILE["private_key"].replace("\n", "\\n"),
        "GOOGLE_PRIVATE_KEY_ID": "",
        "GOOGLE_VERTEX_PROJECT": "your-project",
    }
    assert PROVIDERS.clean("google-vertex", environment.from_environment(GoogleVertex, variables)) == {
        "service_account": {
            "type": "service_account",
            "private_key": KEY_FILE["private_key"],
            "client_email": KEY_FILE["client_email"],
        },
        "project_id": "your-project",
        "location": "global",
    }


def test_without_a_private_key_there_is_no_service_account() -> None:
    assert environment.from_environment(GoogleVertex, {"GOOGLE_CLIENT_EMAIL": "a@b"}) == {}
