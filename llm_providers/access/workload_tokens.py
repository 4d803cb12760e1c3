"""What a platform says of a workload of its own: an OpenID Connect token, verified.

A token never says where its key is, or which algorithm may verify it: the settings name the issuer, the issuer's key
set the key, and the key its algorithm.
"""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from jwt import PyJWTError
from jwt.api_jws import PyJWS
from jwt.utils import base64url_decode

from llm_providers.access.jwks import ALGORITHMS, KID_LIMIT
from llm_providers.access.key_sets import key_set
from llm_providers.strict import json

TOKEN_LIMIT = 4 * 1024  # bytes, as of any header
SUBJECT_LIMIT = 1024  # characters
LIFETIME = 24 * 60 * 60  # seconds that a token may still have
SKEW = 30  # seconds by which another's clock may be ahead
# They name a key, or change how the token is to be read.
REFUSED_HEADERS = frozenset(("crit", "jku", "jwk", "x5u", "x5c", "b64", "zip"))

JWS = PyJWS(algorithms=ALGORITHMS)


class NotAccepted(Exception):
    """The token proves nothing. The message says why, in words of ours, for the log."""


class Workload(NamedTuple):
    """Who a verified token says its bearer is."""

    issuer: str
    audience: str
    subject: str
    claims: Mapping[str, Any]


def is_workload_token(token: bytes) -> bool:
    """Whether it has the shape: its header names one of the algorithms, none of which signs our own tokens."""
    try:
        header = json.loads(base64url_decode(token.partition(b".")[0]))
    except ValueError:
        return False
    return isinstance(header, dict) and header.get("alg") in ALGORITHMS


def read(token: bytes) -> Workload:
    """Verify a token; raises NotAccepted. An issuer is asked for its keys only if all else is right."""
    header, claims = _unverified(token)
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or (configured := settings.LLM_PROVIDERS_OIDC_ISSUERS.get(issuer)) is None:
        raise NotAccepted("its issuer is not configured")
    workload = Workload(issuer, configured["audience"], _subject(claims), claims)
    if claims.get("aud") not in (workload.audience, [workload.audience]):
        raise NotAccepted("it is for another audience")
    _check_times(claims, time.time())
    key = key_set(issuer, configured["jwks"]).find(header["kid"])
    if key is None:
        raise NotAccepted("its key is not among those of its issuer")
    if key.algorithm != header["alg"]:
        raise NotAccepted("its algorithm is not that of its key")
    try:
        JWS.decode(token, key.key, algorithms=[key.algorithm])
    except (PyJWTError, ValueError):
        raise NotAccepted("its signature is wrong") from None
    return workload


def _unverified(token: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, each with one meaning, and the first such that the key can be looked for."""
    if len(token) > TOKEN_LIMIT:
        raise NotAccepted("it is too long")
    try:
        payload = JWS.decode(token, options={"verify_signature": False})
        header, claims = json.loads(base64url_decode(token.partition(b".")[0])), json.loads(payload)
    except (PyJWTError, ValueError):
        raise NotAccepted("it cannot be read") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise NotAccepted("it cannot be read")
    kind, kid = header.get("typ", "JWT"), header.get("kid")
    if (
        header.get("alg") not in ALGORITHMS
        or REFUSED_HEADERS & header.keys()
        or not (isinstance(kind, str) and kind.upper() == "JWT")
        or not (isinstance(kid, str) and 0 < len(kid) <= KID_LIMIT)
    ):
        raise NotAccepted("its header is not as it should be")
    return header, claims


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= SUBJECT_LIMIT:
        raise NotAccepted("its subject is not as it should be")
    return subject


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if "exp" not in times or not all(type(moment) in (int, float) and moment >= 0 for moment in times.values()):
        raise NotAccepted("its times are not as they should be")
    if times["exp"] <= now:
        raise NotAccepted("it has expired")
    if times["exp"] > now + LIFETIME:
        raise NotAccepted("it is good for more than 24 hours")
    if max(times.get("nbf", 0), times.get("iat", 0)) > now + SKEW:
        raise NotAccepted("it is not good yet")
