"""The text of a machine's key: ``llmp_<id>_<secret>``. Pure: made and read here, kept and compared elsewhere.

The id is 12 of ``a-z0-9`` and may be seen. The secret is 49 of ``A-Za-z0-9``: 43 at random, which is 256 bits,
and 6 of a checksum, the CRC-32 of id and secret, in base 62. The checksum tells a typing error from a wrong key
without a database, and lets secret scanners be sure: ``\\bllmp_[a-z0-9]{12}_[A-Za-z0-9]{49}\\b`` finds keys.
"""

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass, field

PREFIX = "llmp_"
ID_LENGTH = 12
RANDOM_LENGTH = 43
CHECKSUM_LENGTH = 6

ID_ALPHABET = string.digits + string.ascii_lowercase
ALPHABET = ID_ALPHABET + string.ascii_uppercase
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
KEY = re.compile(rf"llmp_([a-z0-9]{{{ID_LENGTH}}})_([A-Za-z0-9]{{{RANDOM_LENGTH + CHECKSUM_LENGTH}}})")


class Mistyped(ValueError):
    """This is no key, or one that lost or changed a character on its way."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key in two parts. Its text is for nobody but who asked for it."""

    id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        return f"{PREFIX}{self.id}_{self.secret}"

    @property
    def digest(self) -> str:
        """What is stored of the secret. It is random: a digest that takes long would protect it no better."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


def make() -> Key:
    key_id = "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))
    random = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return Key(key_id, random + checksum(key_id, random))


def parse(text: str) -> Key:
    """The parts of a key; raises Mistyped."""
    match = KEY.fullmatch(text)
    if match is None:
        raise Mistyped
    key = Key(*match.groups())
    if checksum(key.id, key.secret[:RANDOM_LENGTH]) != key.secret[RANDOM_LENGTH:]:
        raise Mistyped
    return key


def checksum(key_id: str, random: str) -> str:
    rest, last = divmod(zlib.crc32(f"{key_id}_{random}".encode()), len(PAIRS))
    first, middle = divmod(rest, len(PAIRS))
    return PAIRS[first] + PAIRS[middle] + PAIRS[last]
