"""The key file of a service account: what is taken, what is kept, what is refused."""

import base64
import json
from typing import Any

import pytest

from llm_providers.providers import PROVIDERS
from llm_providers.providers.google_vertex import GoogleVertex
from tests.providers.refusals import clean, refused

pytestmark = pytest.mark.once

KEY_FILE: dict[str, Any] = GoogleVertex.example["service_account"]
AT = "credentials.service_account"
DOWNLOADED = {
    **KEY_FILE,
    "auth_uri": "https://accounts.google.com/o/oauth2/auth",
    "token_uri": "https://oauth2.googleapis.com/token",
    "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
    "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/your-account",
    "universe_domain": "googleapis.com",
}


def cleaned(key_file: Any) -> Any:
    return clean("google-vertex", service_account=key_file)["service_account"]


def refusals(key_file: Any) -> dict[str, list[str]]:
    return refused("google-vertex", service_account=key_file)


def without(name: str) -> dict[str, Any]:
    return {other: value for other, value in KEY_FILE.items() if other != name}


@pytest.mark.parametrize("key_file", [DOWNLOADED, json.dumps(DOWNLOADED), json.dumps(DOWNLOADED, indent=2) + "\n"])
def test_the_downloaded_file_is_taken_as_object_or_text_and_its_urls_are_dropped(key_file: object) -> None:
    assert cleaned(key_file) == KEY_FILE


def test_urls_that_lead_elsewhere_are_dropped_as_well() -> None:
    assert cleaned({**KEY_FILE, "token_uri": "https://evil.example/token"}) == KEY_FILE


@pytest.mark.parametrize("name", ["type", "private_key", "client_email"])
def test_a_member_that_identifies_or_signs_is_required(name: str) -> None:
    assert refusals(without(name)) == {f"{AT}.{name}": ["This field is required."]}


@pytest.mark.parametrize("name", ["project_id", "private_key_id", "client_id"])
def test_another_member_may_be_left_out_and_stays_out(name: str) -> None:
    stored = PROVIDERS.clean("google-vertex", {"service_account": without(name), "project_id": "your-project"})
    assert stored["service_account"] == without(name)
    assert name not in PROVIDERS.mask("google-vertex", stored)["service_account"]


@pytest.mark.parametrize(
    "kind",
    ["external_account", "authorized_user", "impersonated_service_account", "gdch_service_account", "Service_Account"],
)
def test_another_type_of_file_is_refused(kind: str) -> None:
    assert refusals({**KEY_FILE, "type": kind}) == {f"{AT}.type": ["Only a service_account key is accepted."]}


@pytest.mark.parametrize(
    "email",
    [
        "a@p.iam.gserviceaccount.com",
        "1-abc@developer.gserviceaccount.com",
        "p@appspot.gserviceaccount.com",
        "a@p.example.com.iam.gserviceaccount.com",
    ],
)
def test_every_form_of_account_is_accepted(email: str) -> None:
    assert cleaned({**KEY_FILE, "client_email": email})["client_email"] == email


@pytest.mark.parametrize("email", ["account", "@", "a@b@c", "a@"])
def test_what_is_no_account_is_refused(email: str) -> None:
    assert refusals({**KEY_FILE, "client_email": email}) == {
        f"{AT}.client_email": ["Send the client's e-mail address."]
    }


def test_another_universe_is_refused() -> None:
    sentence = "Only googleapis.com is supported."
    assert refusals({**KEY_FILE, "universe_domain": "s3ns.fr"}) == {f"{AT}.universe_domain": [sentence]}


@pytest.mark.parametrize("member", ["credential_source", "service_account_impersonation_url", "subject_token_type"])
def test_members_of_other_files_are_refused_without_being_repeated(member: str) -> None:
    (sentence,) = refusals({**KEY_FILE, member: {"url": "http://169.254.169.254/"}})[AT]
    assert sentence.startswith("Unknown field.")
    assert member not in sentence


@pytest.mark.parametrize("text", ["{", "nothing", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100_000, '{"a": "\\ud800"}'])
def test_text_that_is_not_strict_json_is_refused(text: str) -> None:
    (sentence,) = refusals(text[: 16 * 1024])[AT]
    assert sentence.startswith("The key file cannot be read. ")


@pytest.mark.parametrize("text", ["[]", "1", '"text"', "null", "true"])
def test_text_of_something_else_than_an_object_is_refused(text: str) -> None:
    assert refusals(text) == {AT: ["Send the downloaded key file, as a JSON object or as its text."]}


def test_half_of_a_surrogate_pair_is_refused() -> None:
    assert list(refusals("\ud800")) == [AT]


def test_a_key_file_takes_16_kib_and_no_more() -> None:
    text = json.dumps(KEY_FILE)
    assert cleaned(text[:-1] + " " * (16 * 1024 - len(text)) + "}") == KEY_FILE
    too_long = text[:-1] + " " * (16 * 1024 - len(text) + 1) + "}"
    assert refusals(too_long) == {AT: ["A key file takes at most 16384 bytes."]}
    assert refusals("é" * 8193) == {AT: ["A key file takes at most 16384 bytes."]}


def test_a_masked_key_file_sent_as_text_is_refused_as_masked() -> None:
    (sentence,) = refusals("***")[AT]
    assert sentence.startswith("This is a masked value.")


def test_a_private_key_is_parsed_without_proving_its_primes() -> None:
    """Proving those of a key made for it takes a minute, in which no other request is answered."""
    p, q, e, d = 3**650, 2**1279 - 1, 65537, 5**800  # p is no prime, and d does not fit
    numbers = [0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
    der = sequence(b"".join(integer(number) for number in numbers))
    pem = base64.encodebytes(der).decode()
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{pem}-----END RSA PRIVATE KEY-----\n"
    assert cleaned({**KEY_FILE, "private_key": key})["private_key"] == key


def integer(number: int) -> bytes:
    value = number.to_bytes(number.bit_length() // 8 + 1)
    return b"\x02" + length(value) + value


def sequence(members: bytes) -> bytes:
    return b"\x30" + length(members) + members


def length(value: bytes) -> bytes:
    if len(value) < 128:
        return bytes([len(value)])
    size = len(value).to_bytes((len(value).bit_length() + 7) // 8)
    return bytes([0x80 | len(size)]) + size
