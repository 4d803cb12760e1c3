"""The fields around the key file; the file itself is in test_google_vertex_key_file.py."""

from typing import Any

import pytest

from llm_providers.providers import PROVIDERS
from llm_providers.providers.google_vertex import GoogleVertex
from tests.providers.refusals import clean, refusal, refused

pytestmark = pytest.mark.once

KEY_FILE: dict[str, Any] = GoogleVertex.example["service_account"]
REQUIRED = "This field is required."


@pytest.mark.parametrize(
    "location",
    [
        "global",
        "us",
        "eu",
        "us-central1",
        "europe-west12",
        "northamerica-northeast2",
        "me-central2",
        "asia-southeast1",
        "southamerica-east1",
        "australia-southeast2",
        "africa-south1",
    ],
)
def test_every_location_is_accepted(location: str) -> None:
    assert clean("google-vertex", location=location)["location"] == location


@pytest.mark.parametrize(
    "location",
    [
        "x.evil.com/",
        "evil.com#",
        "us-central1/",
        "us-central1.evil.com",
        "US-CENTRAL1",
        "us_central1",
        "us-central",
        "us-central1234",
        "127.0.0.1",
        "asia",
        "-central1",
        "us-central\u0661",
    ],
)
def test_what_is_no_location_is_refused_because_it_becomes_part_of_a_host_name(location: str) -> None:
    sentence = "A location looks like global, eu or us-central1."
    characters = "Only printable ASCII characters without white space are accepted. Copy the value again."
    expected = sentence if location.isascii() else characters
    assert refused("google-vertex", location=location) == {"credentials.location": [expected]}


def test_the_location_is_global_when_it_is_left_out() -> None:
    assert clean("google-vertex", location=None)["location"] == "global"


PROJECTS = ["your-project", "abcdef", "a" * 30, "project-1", "example.com:your-project", "123456789012"]


@pytest.mark.parametrize("project", PROJECTS)
def test_every_project_id_is_accepted(project: str) -> None:
    assert clean("google-vertex", project_id=project)["project_id"] == project
    assert clean("google-vertex", service_account={**KEY_FILE, "project_id": project})


@pytest.mark.parametrize(
    "project",
    [
        "../other",
        "a/bcdef",
        "abcdef?x",
        "abcdef#",
        "abcdef%2f",
        "abcde",
        "a" * 31,
        "1abcdef",
        "abcdef-",
        "Your-Project",
        "your_project",
        "1234",
        "evil.com:1project",
    ],
)
def test_what_is_no_project_id_is_refused_because_it_becomes_part_of_a_path(project: str) -> None:
    sentences = ["A project id is 6 to 30 lower-case letters, digits and hyphens."]
    assert refused("google-vertex", project_id=project) == {"credentials.project_id": sentences}
    inside = refused("google-vertex", service_account={**KEY_FILE, "project_id": project})
    assert inside == {"credentials.service_account.project_id": sentences}


def test_the_project_is_the_key_files_when_it_is_left_out() -> None:
    assert clean("google-vertex", project_id=None)["project_id"] == "your-project"


def test_the_project_may_differ_from_the_key_files() -> None:
    cleaned = clean("google-vertex", project_id="another-project")
    assert cleaned["project_id"] == "another-project"
    assert cleaned["service_account"]["project_id"] == "your-project"


def test_without_a_project_anywhere_it_is_asked_for() -> None:
    key_file = {name: value for name, value in KEY_FILE.items() if name != "project_id"}
    credentials = {"service_account": key_file}
    assert refusal("google-vertex", credentials) == {"credentials.project_id": [REQUIRED]}


def test_a_key_file_alone_is_enough() -> None:
    assert PROVIDERS.clean("google-vertex", {"service_account": KEY_FILE}) == GoogleVertex.example


def test_the_key_file_is_answered_with_its_key_masked() -> None:
    assert PROVIDERS.mask("google-vertex", clean("google-vertex")) == {
        "service_account": {
            "type": "service_account",
            "project_id": "your-project",
            "private_key_id": "***",
            "private_key": "***",
            "client_email": "your-account@your-project.iam.gserviceaccount.com",
            "client_id": "100000000000000000000",
        },
        "project_id": "your-project",
        "location": "global",
    }


def test_a_missing_project_is_told_together_with_a_wrong_location() -> None:
    key_file = {name: value for name, value in KEY_FILE.items() if name != "project_id"}
    assert refusal("google-vertex", {"service_account": key_file, "location": "Mars"}) == {
        "credentials.project_id": [REQUIRED],
        "credentials.location": ["A location looks like global, eu or us-central1."],
    }
