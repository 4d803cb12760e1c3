from typing import Any

import pytest

from llm_providers.environment import Found, environment_of, environment_of_all, from_environment
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.providers.google_vertex import GoogleVertex
from llm_providers.strict import json as strict_json
from tests.environments import ENDPOINT, KEY_FILE, ROWS, VERTEX_FILE, VERTEX_PLACE, VERTEX_UNSET

pytestmark = pytest.mark.once

each_row = pytest.mark.parametrize(("slug", "credentials", "written", "unset"), ROWS.values(), ids=ROWS)


@each_row
def test_all_names_are_written_and_the_rest_is_named(
    slug: str, credentials: dict[str, Any], written: dict[str, str], unset: list[str]
) -> None:
    result = environment_of(get_provider(slug), credentials)
    assert result.written == written
    assert sorted(result.unset) == sorted(unset)


@each_row
def test_what_is_written_is_read_again(
    slug: str, credentials: dict[str, Any], written: dict[str, str], unset: list[str]
) -> None:
    assert list(from_environment(written)) == [slug]
    read = from_environment(written)[slug]
    again = environment_of(get_provider(slug), read.credentials)
    assert (again.written, sorted(again.unset)) == (written, sorted(unset))
    assert (read.missing, read.ambiguous) == ({}, [])


NAMES = [
    (slug, name, variable.name)
    for slug in PROVIDERS.slugs()
    for name, field in get_provider(slug).Credentials.declared().items()
    for variable in field.env
    if not (variable.derived or variable.when or field.members)
]


@pytest.mark.parametrize(("slug", "name", "variable"), NAMES)
def test_each_name_alone_is_read(slug: str, name: str, variable: str) -> None:
    field = get_provider(slug).Credentials.declared()[name]
    assert field.from_environment({variable: "value"}) == "value"


def test_of_several_names_the_first_that_is_set_wins() -> None:
    variables = {"GEMINI_API_KEY": "", "GOOGLE_API_KEY": "second", "GOOGLE_GENERATIVE_AI_API_KEY": "third"}
    assert from_environment(variables) == {"google": Found({"api_key": "second"})}


def test_an_environment_without_any_of_the_names_says_nothing() -> None:
    assert from_environment({"PATH": "/bin", "GEMINI_API_KEY": "", "XAI_API_KEY": "  "}) == {}


@pytest.mark.parametrize(
    ("base_url", "residency"),
    [
        ("https://jp.api.openai.com/v1", "jp"),
        ("https://jp.api.openai.com/v1/", "jp"),
        ("https://api.openai.com/v1", None),
        ("https://gateway.example.com/v1", "https://gateway.example.com/v1"),
    ],
)
def test_a_base_url_is_a_residency_or_for_the_rules_to_refuse(base_url: str, residency: str | None) -> None:
    found = from_environment({"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": base_url})["openai"].credentials
    assert found.get("data_residency") == residency


def test_a_resource_name_alone_is_an_endpoint() -> None:
    variables = {"AZURE_API_KEY": "a", "AZURE_RESOURCE_NAME": "res", "AZURE_OPENAI_DEPLOYMENT": "blue"}
    assert from_environment(variables) == {"azure": Found({"api_key": "a", **ENDPOINT})}


def test_a_gateway_has_no_resource_name() -> None:
    credentials = {"api_key": "a", "endpoint": "https://res.azure-api.net/team", "deployment_id": "blue"}
    written, unset = environment_of(get_provider("azure"), credentials)
    assert written["AZURE_OPENAI_ENDPOINT"] == "https://res.azure-api.net/team"
    assert "AZURE_RESOURCE_NAME" in unset


def test_googles_key_is_vertexs_only_by_the_switch() -> None:
    assert from_environment({"GOOGLE_API_KEY": "k"}) == {"google": Found({"api_key": "k"})}
    for on in ("true", "True", "1"):
        switched = from_environment({"GOOGLE_API_KEY": "k", "GOOGLE_GENAI_USE_VERTEXAI": on})
        assert switched == {"google-vertex": Found({"api_key": "k"})}
    off = {"GOOGLE_API_KEY": "k", "GOOGLE_GENAI_USE_VERTEXAI": "false"}
    assert from_environment(off) == {"google": Found({"api_key": "k"})}


def test_two_ways_that_are_both_whole_are_ambiguous() -> None:
    variables = {**ROWS["amazon-bedrock, access key"][2], "AWS_BEARER_TOKEN_BEDROCK": "ABSK1"}
    assert from_environment(variables) == {"amazon-bedrock": Found(ambiguous=["Access key", "API key"])}


def test_of_a_whole_way_and_leftovers_of_another_the_whole_one_counts() -> None:
    variables = {"GOOGLE_VERTEX_API_KEY": "v", "GOOGLE_CLOUD_PROJECT": "somewhere", "GOOGLE_CLOUD_LOCATION": "eu"}
    assert from_environment(variables) == {"google-vertex": Found({"api_key": "v"})}


def test_what_is_missing_is_named_by_its_way() -> None:
    assert from_environment({"AZURE_CLIENT_ID": "c", "AZURE_TENANT_ID": "t", "AWS_REGION": "us-west-2"}) == {
        "azure": Found(missing={"Entra ID": ["client_secret", "endpoint", "deployment_id"]}),
        "amazon-bedrock": Found(
            missing={"Access key": ["aws_access_key_id", "aws_secret_access_key"], "API key": ["api_key"]}
        ),
    }
    assert from_environment({"OPENAI_ORGANIZATION": "org-1"}) == {"openai": Found(missing={"": ["api_key"]})}


def test_what_was_found_is_not_shown() -> None:
    assert "sk-1" not in repr(from_environment({"OPENAI_API_KEY": "sk-1"}))


def test_the_first_of_two_providers_decides_about_a_name() -> None:
    both = environment_of_all({"google-vertex": {"api_key": "v"}, "google": {"api_key": "g"}})
    assert both.written == {
        "GEMINI_API_KEY": "g",
        "GOOGLE_API_KEY": "g",
        "GOOGLE_GENERATIVE_AI_API_KEY": "g",
        "GOOGLE_VERTEX_API_KEY": "v",
    }
    assert both.unset == [
        "GOOGLE_GENAI_USE_VERTEXAI",
        "GOOGLE_GENAI_USE_ENTERPRISE",
        "GOOGLE_GEMINI_BASE_URL",
        "GEMINI_API_BASE",
        "GOOGLE_VERTEX_BASE_URL",
        "VERTEXAI_API_BASE",
        "GOOGLE_CLOUD_PROJECT",
        "GOOGLE_CLOUD_LOCATION",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ]


def test_a_name_that_one_provider_writes_is_not_unset_by_another() -> None:
    both = environment_of_all({"google": {"api_key": "g"}, "google-vertex": VERTEX_FILE})
    assert both.written["GOOGLE_API_KEY"] == "g"
    assert "GOOGLE_API_KEY" not in both.unset


def test_what_several_providers_get_is_read_again_for_each() -> None:
    stored = {slug: credentials for slug, credentials, *_ in ROWS.values()}
    found = from_environment(environment_of_all(stored).written)
    assert [(slug, bool(each.credentials)) for slug, each in found.items()] == [(slug, True) for slug in stored]


def test_a_key_file_is_a_path_where_there_are_files() -> None:
    files: list[str] = []

    def write_file(text: str) -> str:
        files.append(text)
        return "/run/key.json"

    written, unset = environment_of(GoogleVertex, VERTEX_FILE, write_file)
    assert written == {"GOOGLE_APPLICATION_CREDENTIALS": "/run/key.json", **VERTEX_PLACE}
    assert sorted(unset) == sorted(VERTEX_UNSET)
    [text] = files
    assert strict_json.loads(text) == {**KEY_FILE, "token_uri": "https://oauth2.googleapis.com/token"}
    found = from_environment(written, lambda path: {"/run/key.json": text}[path])
    assert PROVIDERS.clean("google-vertex", found["google-vertex"].credentials) == VERTEX_FILE


def test_without_files_a_path_is_passed_over() -> None:
    variables = {"GOOGLE_APPLICATION_CREDENTIALS": "/run/key.json", "GOOGLE_CLOUD_PROJECT": "your-project"}
    assert from_environment(variables) == {"google-vertex": Found(missing={"Key file": ["service_account"]})}


def test_a_private_key_of_an_environment_file_is_mended() -> None:
    variables = {
        "GOOGLE_CLIENT_EMAIL": KEY_FILE["client_email"],
        "GOOGLE_PRIVATE_KEY": KEY_FILE["private_key"].replace("\n", "\\n"),
        "GOOGLE_PRIVATE_KEY_ID": "",
        "GOOGLE_VERTEX_PROJECT": "your-project",
    }
    assert PROVIDERS.clean("google-vertex", from_environment(variables)["google-vertex"].credentials) == {
        "service_account": {
            "type": "service_account",
            "private_key": KEY_FILE["private_key"],
            "client_email": KEY_FILE["client_email"],
        },
        "project_id": "your-project",
        "location": "global",
    }


def test_without_a_private_key_there_is_no_service_account() -> None:
    assert from_environment({"GOOGLE_CLIENT_EMAIL": "a@b"}) == {}
