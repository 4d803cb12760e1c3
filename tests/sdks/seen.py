"""What of a request says where it went, and with whose credentials."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import jwt

from tests.sdks.internet import Arrival
from tests.verification.https_server import Received
from tests.verification.sigv4 import is_signed

# Whatever names a key, an account, a project, or the wire format that goes with it.
TELLING = {
    "anthropic-version",
    "api-key",
    "authorization",
    "openai-organization",
    "openai-project",
    "x-amz-security-token",
    "x-api-key",
    "x-goog-api-key",
    "x-goog-user-project",
}
SERVICE = "bedrock"


class Seen(NamedTuple):
    """``line`` is method and URL; ``proof`` the telling headers, or what an exchange for a token consists of."""

    line: str
    proof: dict[str, str]


def seen(arrival: Arrival, credentials: Mapping[str, Any], public_key: Any) -> Seen:
    line = f"{arrival.request.method} {arrival.url}"
    if arrival.host == "oauth2.googleapis.com":
        return Seen(line, _assertion(arrival.request, public_key))
    if line.startswith("POST https://login."):
        form = parse_qs(arrival.request.body.decode())
        return Seen(line, {name: form[name][0] for name in ("client_id", "client_secret", "scope")})
    proof = {name: value for name, value in arrival.request.headers.items() if name in TELLING}
    if proof.get("authorization", "").startswith("AWS4-HMAC-SHA256"):
        proof["authorization"] = _signature(arrival, credentials)
    if "/responses" in line:  # where a deployment may be named
        proof["model"] = json.loads(arrival.request.body)["model"]
    return Seen(line, proof)


def _assertion(request: Received, public_key: Any) -> dict[str, str]:
    """The claims that matter, when the key file's key has signed them."""
    try:
        assertion = parse_qs(request.body.decode())["assertion"][0]
        claims = jwt.decode(assertion, public_key, algorithms=["RS256"], audience="https://oauth2.googleapis.com/token")
    except (jwt.InvalidTokenError, LookupError):
        return {"signed by": "somebody else"}
    return {"signed by": claims["iss"]}


def _signature(arrival: Arrival, credentials: Mapping[str, Any]) -> str:
    """Whose it is, and for which region, when our secret makes the same one."""
    key_id, secret = (credentials.get(name, "") for name in ("aws_access_key_id", "aws_secret_access_key"))
    ours = is_signed(arrival.request, key_id, secret, credentials["region"], SERVICE)
    return f"{key_id} in {credentials['region']}" if ours else "somebody else"
