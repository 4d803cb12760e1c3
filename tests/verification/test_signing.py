import logging
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from llm_providers.providers.google_vertex import GoogleVertex
from llm_providers.providers.probe import AWSSignature, GoogleAssertion, Kind, Question
from llm_providers.providers.probes.google_vertex import TOKEN_URL
from llm_providers.verification.outbound import placed
from llm_providers.verification.signing import UnusableKey, signed_for_aws, signed_for_google
from tests.verification.conftest import Serve, ask_openai
from tests.verification.https_server import Received, Reply
from tests.verification.sigv4 import is_signed

pytestmark = pytest.mark.once

ID = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "session/canary+token=="


def pem(key: PrivateKeyTypes, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def google_token_question(service_account: dict[str, str]) -> Question:
    return signed_for_google(Question("POST", TOKEN_URL, "google-token"), GoogleAssertion(service_account))


# --- AWS

QUESTIONS = [
    Question("GET", "https://bedrock.us-east-1.amazonaws.com/foundation-models", "openai"),
    Question("GET", "https://bedrock.us-east-1.amazonaws.com/foundation-models?byProvider=A%20B&a=1&a=0&b=", "openai"),
    Question("GET", "https://bedrock.us-east-1.amazonaws.com/model/a.b%3A0/x%2Fy", "openai"),
    Question(
        "POST",
        "https://sts.amazonaws.com/",
        "openai",
        {"Content-Type": "application/x-www-form-urlencoded"},
        b"Action=GetCallerIdentity&Version=2011-06-15",
    ),
]


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_receiver_recomputes_the_signature(question: Question, token: str | None, serve: Serve) -> None:
    server = serve(lambda _request: Reply(200, {}))
    signed = signed_for_aws(placed(question), AWSSignature("bedrock", "us-east-1", ID, SECRET, token))
    headers = dict(signed.headers)
    assert ask_openai(question.url, method=question.method, headers=headers, body=question.body).kind == Kind.JSON
    (received,) = server.received
    assert received.headers.get("x-amz-security-token") == token
    assert is_signed(received, ID, SECRET, "us-east-1", "bedrock")
    assert not is_signed(received, ID, SECRET[:-1], "us-east-1", "bedrock")
    assert not is_signed(received, ID, SECRET, "us-west-2", "bedrock")
    assert not is_signed(replace(received, body=b"x"), ID, SECRET, "us-east-1", "bedrock")
    assert not is_signed(replace(received, target="/"), ID, SECRET, "us-east-1", "bedrock") or question is QUESTIONS[3]


def test_the_environment_signs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.setenv(name, "from-the-environment")
    signed = signed_for_aws(QUESTIONS[0], AWSSignature("bedrock", "us-east-1", ID, SECRET))
    assert set(signed.headers) == {"X-Amz-Date", "Authorization"}
    assert f"Credential={ID}/" in signed.headers["Authorization"]


def test_signing_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    signed = signed_for_aws(QUESTIONS[0], AWSSignature("bedrock", "us-east-1", ID, SECRET, TOKEN))
    assert signed.headers["X-Amz-Security-Token"] == TOKEN
    assert caplog.records == []
    assert TOKEN not in repr(signed)


# --- Google


def claims_of(question: Question, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    assert question.body is not None
    form = parse_qs(question.body.decode(), strict_parsing=True)
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    (assertion,) = form["assertion"]
    return jwt.decode(
        assertion, key.public_key(), algorithms=["RS256"], audience="https://oauth2.googleapis.com/token"
    ) | {"header": jwt.get_unverified_header(assertion)}


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_the_assertion_is_verified_with_the_public_key(key: rsa.RSAPrivateKey, form: PrivateFormat) -> None:
    account = {"client_email": "a@p.iam.gserviceaccount.com", "private_key": pem(key, form), "private_key_id": "id1"}
    question = google_token_question(account)
    assert (question.method, question.url, question.origin) == (
        "POST",
        "https://oauth2.googleapis.com/token",
        "google-token",
    )
    assert question.headers == {"Content-Type": "application/x-www-form-urlencoded"}
    claims = claims_of(question, key)
    assert abs(claims.pop("iat") - time.time()) < 5
    assert 0 < claims.pop("exp") - time.time() <= 3600
    assert claims == {
        "iss": "a@p.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "aud": "https://oauth2.googleapis.com/token",
        "header": {"alg": "RS256", "typ": "JWT", "kid": "id1"},
    }


def test_a_key_without_an_id_signs_too(key: rsa.RSAPrivateKey) -> None:
    question = google_token_question({"client_email": "a@b", "private_key": pem(key)})
    assert claims_of(question, key)["header"] == {"alg": "RS256", "typ": "JWT"}


def test_the_token_url_of_a_key_file_is_not_asked(key: rsa.RSAPrivateKey) -> None:
    account = {"client_email": "a@b", "private_key": pem(key), "token_uri": "https://evil.test/token"}
    assert google_token_question(account).url == "https://oauth2.googleapis.com/token"


def built_of(p: int, q: int, surplus: int = 0) -> str:
    """A key of these two numbers; with a surplus its parts do not belong together."""
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1) + surplus, d % (q - 1), pow(q, -1, p), public)
    return pem(numbers.private_key(unsafe_skip_rsa_key_validation=True))


@pytest.mark.parametrize(
    "private_key",
    [
        GoogleVertex.example["service_account"]["private_key"],
        pem(ed25519.Ed25519PrivateKey.generate()),
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(rsa.generate_private_key(65537, 1024)),
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "no key",
        "",
    ],
    ids=["example", "Ed25519", "EC", "RSA of 1,024 bits", "damaged", "text", "empty"],
)
def test_a_key_that_cannot_sign_for_google_is_said_to_be_unusable(private_key: str) -> None:
    with pytest.raises(UnusableKey) as unusable:
        google_token_question({"client_email": "a@b", "private_key": private_key})
    assert str(unusable.value) == "Google accepts assertions of an RSA key of 2,048 to 8,192 bits only."
    assert unusable.value.__cause__ is None


def test_the_primes_of_a_key_are_not_proved() -> None:
    started = time.monotonic()
    assert google_token_question({"client_email": "a@b", "private_key": built_of(2**4423 - 1, 2**3217 - 1)}).body
    assert time.monotonic() - started < 2


def test_a_tampered_key_is_left_to_google(key: rsa.RSAPrivateKey) -> None:
    numbers = key.private_numbers()
    question = google_token_question({"client_email": "a@b", "private_key": built_of(numbers.p, numbers.q, surplus=2)})
    assert question.body


def test_a_request_that_is_not_signed_is_seen() -> None:
    assert not is_signed(Received("GET", "/", {"host": "x"}, b""), ID, SECRET, "us-east-1", "bedrock")
