"""An OpenID Connect issuer of a test's own: its keys, its tokens, and what it answers."""

import base64
import json
import time
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.verification.https_server import Received, Reply

AUDIENCE = "llm-providers"
DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"
ALGORITHMS = {"rsa": "RS256", "ec": "ES256", "ed": "EdDSA"}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int, size: int | None = None) -> str:
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8))


@cache
def private_key(kid: str) -> Any:
    """The key that goes by this name; what it is, the name begins with."""
    match kid.partition("-")[0]:
        case "rsa":
            return rsa.generate_private_key(65537, 2048)
        case "weak":
            return rsa.generate_private_key(65537, 1024)
        case "ec":
            return ec.generate_private_key(ec.SECP256R1())
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
    return ed25519.Ed25519PrivateKey.generate()


def jwk(name: str, **members: Any) -> dict[str, Any]:
    """The public half of a key, as a key set holds it."""
    key = private_key(name).public_key()
    public: dict[str, Any]
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        public = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
    elif isinstance(key, ec.EllipticCurvePublicKey):
        point, size = key.public_numbers(), (key.key_size + 7) // 8
        public = {"kty": "EC", "crv": f"P-{key.key_size}", "x": number(point.x, size), "y": number(point.y, size)}
    else:
        public = {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public_bytes_raw())}
    return {"kid": name, "use": "sig"} | public | members


def signature(data: bytes, key: Any, digest: Any = None) -> bytes:
    digest = digest or hashes.SHA256()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), digest)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
        size = (key.key_size + 7) // 8
        return r.to_bytes(size) + s.to_bytes(size)
    signed: bytes = key.sign(data)
    return signed


def text(value: Any) -> bytes:
    """JSON, or what is no JSON as it is."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def signed(header: Any, payload: Any, key: Any, digest: Any = None) -> str:
    """A token, whatever its header says of how it is signed."""
    data = f"{base64url(text(header))}.{base64url(text(payload))}"
    return f"{data}.{base64url(signature(data.encode(), key, digest))}"


class Issuer:
    """Answers as ``replies`` say, by target; at first as a well-behaved one."""

    def __init__(self) -> None:
        self.url = ""
        self.replies: dict[str, Any] = {}
        self.asked: list[str] = []

    def serve(self, url: str) -> None:
        self.url = url
        self.publish(*map(jwk, ALGORITHMS))

    def publish(self, *keys: Any) -> None:
        self.replies = {
            DISCOVERY: Reply(body={"issuer": self.url, "jwks_uri": f"{self.url}{KEYS}"}),
            KEYS: Reply(body={"keys": list(keys)}),
        }

    def answer(self, received: Received) -> Any:
        self.asked.append(received.target)
        return self.replies.get(received.target, Reply(404, {}))

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Those of a token of today; None leaves a claim out."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "repo:acme/billing:environment:production",
            "repository_owner_id": "123456",
            "iat": now,
            "nbf": now - 5,
            "exp": now + 600,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, kid: str = "rsa", header: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token that is signed as it says, but for what is changed."""
        whole = {"typ": "JWT", "alg": ALGORITHMS.get(kid.partition("-")[0], "RS256"), "kid": kid} | (header or {})
        return signed(whole, self.claims(**changes), private_key(kid))
