"""What a provider wants signed, signed with the keys it is handed: no environment, no file, no metadata service."""

import time
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from llm_providers.providers.probe import Question

GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  (no password)
GOOGLE_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_LIFETIME = 600  # seconds; Google takes up to 3,600
KEY_BITS = range(2048, 8192 + 1)


class UnusableKey(Exception):
    """The private key cannot sign what Google accepts. The message is a sentence that quotes nothing."""


def signed_for_aws(
    question: Question, service: str, region: str, *, key_id: str, secret: str, session_token: str | None = None
) -> Question:
    """The question with the headers of a SigV4 signature, which holds for some minutes.

    The host is signed, so it must be the one that is asked: hand over what `outbound.placed` returned.
    """
    # Loading it takes a tenth of a second, and only Bedrock needs it.
    from botocore.auth import SigV4Auth  # noqa: PLC0415, TID251
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415, TID251
    from botocore.credentials import Credentials  # noqa: PLC0415, TID251

    request = AWSRequest(question.method, question.url, dict(question.headers), question.body)
    SigV4Auth(Credentials(key_id, secret, session_token), service, region).add_auth(request)
    return replace(question, headers=dict(request.headers.items()))


def google_token_question(service_account: Mapping[str, str]) -> Question:
    """What Google is asked for an access token: RFC 7523, at a constant URL, whatever the key file says.

    Raises UnusableKey.
    """
    now = int(time.time())
    claims = {
        "iss": service_account["client_email"],
        "scope": GOOGLE_SCOPE,
        "aud": GOOGLE_TOKEN_URL,
        "iat": now,
        "exp": now + ASSERTION_LIFETIME,
    }
    key_id = service_account.get("private_key_id")
    try:
        key = _rsa_key(service_account["private_key"])
        assertion = jwt.encode(claims, key, algorithm="RS256", headers={"kid": key_id} if key_id else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKey("Google accepts assertions of an RSA key of 2,048 to 8,192 bits only.") from None
    form = urlencode({"grant_type": JWT_BEARER, "assertion": assertion}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Question("POST", GOOGLE_TOKEN_URL, "google-token", headers, form)


def _rsa_key(pem: str) -> RSAPrivateKey:
    # Not validated: proving the primes of a key made for it takes a minute and more.
    key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey) or key.key_size not in KEY_BITS:
        raise ValueError
    return key
