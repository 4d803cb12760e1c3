"""LLM_PROVIDERS_OIDC_ISSUERS, as it is read."""

from pathlib import Path

import pytest

from tests.settings.test_settings import read, refusal

pytestmark = pytest.mark.once

NAME = "LLM_PROVIDERS_OIDC_ISSUERS"
GITHUB = "https://token.actions.githubusercontent.com"
CLUSTER = "https://kubernetes.default.svc.cluster.local"
REMEDY = (
    f"{NAME} cannot be used: use issuer=https://token.actions.githubusercontent.com audience=llm-providers, with"
    " jwks=<https URL or file> where discovery does not lead to the keys; commas between several, each issuer once."
)
NO_KEYS = f"{NAME} names a file without keys: name one that holds a JSON Web Key Set, which this user may read."


def test_nobody_is_trusted_unless_named() -> None:
    assert read()[NAME] == {}
    assert read(**{NAME: " "})[NAME] == {}


def test_issuers_are_read_with_their_audience_and_where_their_keys_are(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text('{"keys": [{}]}')
    text = (
        f"issuer={GITHUB} audience=llm-providers,"
        f" audience=https://llm.example.com:8443/?a=b  issuer={CLUSTER} jwks={file} ,"
        "issuer=https://login.example.com:8443/tenant/ audience=api://llm jwks=https://login.example.com/keys,"
    )
    assert read(**{NAME: text})[NAME] == {
        GITHUB: {"audience": "llm-providers", "jwks": ""},
        CLUSTER: {"audience": "https://llm.example.com:8443/?a=b", "jwks": str(file)},
        "https://login.example.com:8443/tenant/": {"audience": "api://llm", "jwks": "https://login.example.com/keys"},
    }


@pytest.mark.parametrize(
    "text",
    [
        GITHUB,
        f"issuer={GITHUB}",
        "audience=llm-providers",
        f"issuer={GITHUB} audience=",
        f"issuer={GITHUB} audience=a jwks=",
        f"issuer={GITHUB} audience=a audience=b",
        f"issuer={GITHUB} audience=a secret=hunter2",
        f"issuer={GITHUB} audience=a hunter2",
        f"issuer={GITHUB};audience=a",
        f"issuer={GITHUB} audience=a,issuer={GITHUB} audience=b",
        "issuer=http://token.actions.githubusercontent.com audience=a",
        "issuer=token.actions.githubusercontent.com audience=a",
        "issuer=https:// audience=a",
        "issuer=https://user:hunter2@host audience=a",
        "issuer=https://host?x audience=a",
        "issuer=https://host/?x audience=a",
        "issuer=https://host/#x audience=a",
        "issuer=https://host:0 audience=a",
        "issuer=https://host:port audience=a",
        "issuer=https://host:65536 audience=a",
        "issuer=kubernetes/serviceaccount audience=a",
        f"issuer={GITHUB} audience=a jwks=http://host/keys",
        f"issuer={GITHUB} audience=a jwks=https://user:hunter2@host/keys",
        f"issuer={GITHUB} audience=a jwks=file:///etc/jwks.json",
    ],
)
def test_what_names_no_issuer_and_audience_is_refused(text: str) -> None:
    assert refusal(**{NAME: text}) == REMEDY


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"keys": []}', '{"keys": {}}', "[" * 100_000, b"\xff"])
def test_a_file_without_keys_is_refused(tmp_path: Path, text: str | bytes | None) -> None:
    file = tmp_path / "jwks.json"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert refusal(**{NAME: f"issuer={CLUSTER} audience=a jwks={file}"}) == NO_KEYS


def test_a_folder_is_no_file_of_keys(tmp_path: Path) -> None:
    assert refusal(**{NAME: f"issuer={CLUSTER} audience=a jwks={tmp_path}"}) == NO_KEYS
