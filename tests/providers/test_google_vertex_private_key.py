"""The private key inside the key file: what copying does to it, and what is none."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)

from llm_providers.providers.google_vertex import GoogleVertex
from tests.factories import pem
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once

KEY_FILE: dict[str, Any] = GoogleVertex.example["service_account"]
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PKCS8 = pem(RSA)
PKCS1 = pem(RSA, PrivateFormat.TraditionalOpenSSL)
ENCRYPTED = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"passphrase")).decode()
PUBLIC = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

NOT_PEM = "The private key is not a PEM private key. Send the downloaded key file unchanged."


def key_file_with(private_key: str) -> dict[str, Any]:
    return {**KEY_FILE, "private_key": private_key}


def cleaned(private_key: str) -> Any:
    return clean("google-vertex", service_account=key_file_with(private_key))["service_account"]["private_key"]


def refusals(private_key: str) -> dict[str, list[str]]:
    return refused("google-vertex", service_account=key_file_with(private_key))


@pytest.mark.parametrize("private_key", [PKCS8, PKCS1], ids=["pkcs8", "pkcs1"])
@pytest.mark.parametrize(
    "damage",
    [
        str,
        str.strip,
        lambda key: key.replace("\n", "\\n"),
        lambda key: key.replace("\n", "\r\n"),
        lambda key: f" {key}\n",
    ],
    ids=["unchanged", "trimmed", "literal-newlines", "windows-newlines", "surrounded"],
)
def test_a_private_key_survives_what_copying_does_to_it(private_key: str, damage: Any) -> None:
    assert cleaned(damage(private_key)) == private_key


@pytest.mark.parametrize(
    "private_key",
    [
        "not a key",
        "\\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        PKCS8.replace("\n", ""),
        PKCS8.replace("\n", " "),
        PKCS8[: len(PKCS8) // 2],
        PKCS8.replace("END PRIVATE", "END RSA PRIVATE"),
        f"Bag Attributes\n{PKCS8}",
        f"{PKCS8}and more",
        f"{PKCS8}{PKCS8}",
        PUBLIC,
        ENCRYPTED,
    ],
)
def test_what_does_not_parse_as_a_private_key_is_refused(private_key: str) -> None:
    assert refusals(private_key) == {"credentials.service_account.private_key": [NOT_PEM]}


def test_the_key_of_the_example_is_a_private_key_too() -> None:
    assert cleaned(KEY_FILE["private_key"]) == KEY_FILE["private_key"]
