"""Keys: how strong one must be, and how the settings read theirs."""

import base64
import binascii
import gzip
import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from refactor_site.environment import Environment

KEY_BYTES = 32
KEY_VARIETY = 10
NOT_RANDOM = f"a key that is not {KEY_BYTES} or more random bytes in base64url or hexadecimal"
PLACEHOLDER = re.compile(
    r"change[-_ ]?(me|this|it)|replace[-_ ]?(me|this|with)|insecure|placeholder|example|password"
    r"|(your|super|top|my)[-_ ]?(own[-_ ]?)?(secret|random|key|jwt|django|fernet)|secret[-_ ]?key"
    r"|secret.*secret|^(dummy|todo)|generate|this.?is|[<>\s]"  # nothing that random characters may well spell
    r"|0123456789|abcdefgh|qwertyuiop",
    re.IGNORECASE,
)
# Of the right form, and printed for everybody to see.
PUBLISHED = {
    "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4",  # the Fernet specification
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",  # RFC 7515, A.1
    "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",  # RFC 7520, 3.5
    # jwt.io, for HS256 and HS512
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "your-256-bit-secret",
    "your-512-bit-secret",
}

HEXADECIMAL = re.compile(r"[0-9a-f]+|[0-9A-F]+")
BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")
PRINTABLE = re.compile(rb"[\t\n\r\x20-\x7e]*")
DIGESTS = {16: "md5", 20: "sha1", 28: "sha224", 32: "sha256", 48: "sha384", 64: "sha512"}  # by their bytes
WRITTEN_BYTES = 48  # what `env_file` writes; as a digest it is looked up in hexadecimal only, so that a start is quick
COMMON_PASSWORDS = Path(django.__file__).parent / "contrib" / "auth" / "common-passwords.txt.gz"

NEW_KEY = "`python -m refactor_site.env_file` writes fresh random ones into a new .env"
ANOTHER_KEY = f"put a fresh key in front of it, with a comma between; {NEW_KEY}"


def key_weakness(key: str) -> str | None:
    """What is wrong with a key, as the object of "holds"; None when it is good."""
    if not key:
        return "an empty key"
    if key.rstrip("=") in PUBLISHED:
        return "a key that is published"
    if PLACEHOLDER.search(key):
        return "a placeholder"
    if is_common_digest(key):
        return "the digest of a common password"
    if len(set(key)) < KEY_VARIETY:
        return f"a key of fewer than {KEY_VARIETY} different characters"
    return None if is_random(key) else NOT_RANDOM


def is_random(key: str) -> bool:
    """Whether a key has the form of random bytes, not that of words, or of a text in base64."""
    decoded = key_bytes(key)
    if len(decoded) < KEY_BYTES or PRINTABLE.fullmatch(decoded) or key in (key + key)[1:-1]:
        return False
    if len({(after - before) % 256 for before, after in pairwise(decoded)}) == 1:  # counted, as in test vectors
        return False
    # Of 43 random characters of base64url all are of one case once in a thousand million.
    return bool(HEXADECIMAL.fullmatch(key)) or (key != key.lower() and key != key.upper())


def key_bytes(key: str) -> bytes:
    """The bytes that a key in hexadecimal or base64url stands for; none for another form."""
    try:
        if HEXADECIMAL.fullmatch(key):
            return bytes.fromhex(key)
        if BASE64URL.fullmatch(key):
            bare = key.rstrip("=")
            return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except (ValueError, binascii.Error):
        pass
    return b""


def is_common_digest(key: str) -> bool:
    """Whether a key is a common password's digest, as `echo password | sha256sum` makes one."""
    digest = key_bytes(key)
    algorithm = DIGESTS.get(len(digest))
    if algorithm is None or (len(digest) == WRITTEN_BYTES and not HEXADECIMAL.fullmatch(key)):
        return False
    return any(hashlib.new(algorithm, text, usedforsecurity=False).digest() == digest for text in common_texts())


def common_texts() -> Iterator[bytes]:
    yield from (b"", b"\n")
    with gzip.open(COMMON_PASSWORDS) as passwords:
        for line in passwords:
            yield from (line, line.rstrip(b"\n"))


def key_ring(name: str, remedy: str = ANOTHER_KEY) -> list[str]:
    """Return the comma-separated keys of a setting: the first is strong, none is empty or occurs twice."""
    text = Environment.ENVIRON.get(name)
    if text is None:
        raise ImproperlyConfigured(f"{name} is missing: {NEW_KEY}.")
    keys = [key.strip() for key in text.split(",")]
    if any(keys) and not all(keys):  # new keys would lose what is stored with the others
        raise ImproperlyConfigured(f"{name} holds an empty key: remove the comma that is too many.")
    if weakness := key_weakness(keys[0]):
        raise ImproperlyConfigured(f"{name} holds {weakness}: {remedy if keys[0] else NEW_KEY}.")
    if len(set(keys)) < len(keys):
        raise ImproperlyConfigured(f"{name} holds the same key twice: remove one of the two.")
    return keys


def single_key(name: str) -> str:
    keys = key_ring(name, remedy=NEW_KEY)
    if len(keys) > 1:
        raise ImproperlyConfigured(f"{name} holds a comma, but is a single key: {NEW_KEY}.")
    return keys[0]


def refuse_shared_keys(**rings: list[str]) -> None:
    owner: dict[str, str] = {}
    for name, keys in rings.items():
        for key in keys:
            if key in owner:
                raise ImproperlyConfigured(f"{name} holds the key of {owner[key]}: give each its own; {NEW_KEY}.")
            owner[key] = name


@checks.register(checks.Tags.security)
def later_keys(**_options: Any) -> list[checks.CheckMessage]:
    """Warn of weak keys that only read. Refusing them would lock out what they sealed."""
    return [
        checks.Warning(
            f"FERNET_KEYS holds {weakness} in place {place}.",
            hint="Nothing new is encrypted with it. Remove it once all that it encrypted was stored again.",
            id="refactor_site.W001",
        )
        for place, key in enumerate(settings.FERNET_KEYS[1:], start=2)
        if (weakness := key_weakness(key))
    ]
