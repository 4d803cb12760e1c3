"""A JSON Web Key Set, and which of its keys verify a token. Pure: nothing is fetched here."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWTError
from jwt.algorithms import Algorithm, ECAlgorithm, OKPAlgorithm, RSAAlgorithm

KEY_LIMIT = 100  # keys of one issuer
KID_LIMIT = 256  # characters
NUMBER_LIMIT = 1400  # characters of base64url; 8,192 bits and a little
RSA_BITS = range(2048, 8192 + 1)
RSA_EXPONENT_BITS = 33
# A key that is not public verifies nothing: whoever read it may have signed.
PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))

# By type and curve: the one algorithm of such a key, and who reads it.
READERS: dict[tuple[Any, Any], tuple[str, type[Algorithm]]] = {
    ("RSA", None): ("RS256", RSAAlgorithm),
    ("EC", "P-256"): ("ES256", ECAlgorithm),
    ("OKP", "Ed25519"): ("EdDSA", OKPAlgorithm),
}
ALGORITHMS = tuple(algorithm for algorithm, _reader in READERS.values())


class NotAKeySet(ValueError):
    """This is no JSON Web Key Set, or one that is too large."""


class VerificationKey(NamedTuple):
    algorithm: str
    key: RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


def keys_of(document: Any) -> dict[str, VerificationKey]:
    """The keys that verify signatures, by their ``kid``; raises NotAKeySet.

    Left out are symmetric and private keys, those for another use or algorithm, weak and nameless ones, and all of a
    ``kid`` that occurs twice: of these it cannot be said which is meant.
    """
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list) or len(keys) > KEY_LIMIT:
        raise NotAKeySet
    named = [key for key in keys if isinstance(key, dict) and _is_name(key.get("kid"))]
    times = Counter(key["kid"] for key in named)
    read = {key["kid"]: _read(key) for key in named if times[key["kid"]] == 1}
    return {kid: key for kid, key in read.items() if key is not None}


def _is_name(kid: object) -> bool:
    return isinstance(kid, str) and 0 < len(kid) <= KID_LIMIT


def _read(jwk: Mapping[str, Any]) -> VerificationKey | None:
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if not all(isinstance(each, str | None) for each in (kind, curve)) or (kind, curve) not in READERS:
        return None
    algorithm, reader = READERS[kind, curve]
    if PRIVATE & jwk.keys() or not _is_for(jwk, algorithm):
        return None
    if any(isinstance(value, str) and len(value) > NUMBER_LIMIT for value in map(jwk.get, ("n", "e", "x", "y"))):
        return None
    try:
        key: Any = reader.from_jwk(dict(jwk))
    except (PyJWTError, UnsupportedAlgorithm, ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
        return None
    return VerificationKey(algorithm, key) if _is_strong(key) else None


def _is_for(jwk: Mapping[str, Any], algorithm: str) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("use", "sig") == "sig"
        and jwk.get("alg", algorithm) == algorithm
        and isinstance(operations, list)
        and "verify" in operations
    )


def _is_strong(key: Any) -> bool:
    if not isinstance(key, RSAPublicKey):
        return True  # of these curves each key is
    return key.key_size in RSA_BITS and key.public_numbers().e.bit_length() <= RSA_EXPONENT_BITS
