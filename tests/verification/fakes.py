"""The seven providers on loopback: each checks how it is authenticated, and answers from a table."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.verification.https_server import Received, Reply
from tests.verification.sigv4 import is_signed

# Occurs in every credential: no answer, log, event or row but its own may hold it.
CANARY = "c4n4ryc4n4ry"
KEY = rsa.generate_private_key(65537, 2048)
TOKEN = f"ya29.{CANARY}"
AWS_ID, AWS_SECRET = f"AKIA{CANARY.upper()}", f"secret/{CANARY}"


@dataclass
class Fake:
    """Replies by the start of the target, the first that fits; a list of replies is used up one by one.

    What fits nothing, or is not authenticated as it should be, is answered 418, which no probe expects.
    """

    replies: Mapping[str, Reply | list[Reply]]
    authenticated: Callable[[Received], bool] = lambda _request: True
    received: list[Received] = field(default_factory=list)

    def __call__(self, request: Received) -> Reply:
        self.received.append(request)
        if not self.authenticated(request):
            return Reply(418, {"error": "not authenticated as it should be"})
        for start, reply in self.replies.items():
            if f"{request.method} {request.target}".startswith(start):
                return reply if isinstance(reply, Reply) else reply.pop(0)
        return Reply(418, {"error": "not asked as it should be"})


def with_header(name: str, value: str, **others: str) -> Callable[[Received], bool]:
    expected = {name: value, **{other.replace("_", "-"): text for other, text in others.items()}}
    return lambda request: all(request.headers.get(each) == text for each, text in expected.items())


def aws_signed(request: Received) -> bool:
    service = "sts" if request.method == "POST" else "bedrock"
    region = "us-east-1" if service == "sts" else "us-west-2"
    return is_signed(request, AWS_ID, AWS_SECRET, region, service)


def vertex_authenticated(request: Received) -> bool:
    """The assertion is Google's to check; what follows carries the token that was given for it."""
    if request.target != "/token":
        return request.headers.get("authorization") == f"Bearer {TOKEN}"
    form = parse_qs(request.body.decode())
    (assertion,) = form["assertion"]
    claims: dict[str, Any] = jwt.decode(
        assertion, KEY.public_key(), algorithms=["RS256"], audience="https://oauth2.googleapis.com/token"
    )
    return (
        form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        and jwt.get_unverified_header(assertion)["kid"] == "key-id"
        and claims["iss"] == "sa@your-project.iam.gserviceaccount.com"
        and claims["scope"] == "https://www.googleapis.com/auth/cloud-platform"
        and 0 < claims["exp"] - claims["iat"] <= 3600
    )


def azure_by_token(request: Received) -> bool:
    if request.method == "GET":
        return request.headers.get("authorization") == f"Bearer {TOKEN}"
    return parse_qs(request.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["your-client-id"],
        "client_secret": [f"secret-{CANARY}"],
        "scope": ["https://cognitiveservices.azure.com/.default"],
    }


def counted_by_vertex(request: Received) -> bool:
    one_letter = {"contents": [{"role": "user", "parts": [{"text": "x"}]}]}
    return request.method == "GET" or request.target == "/token" or json.loads(request.body) == one_letter
