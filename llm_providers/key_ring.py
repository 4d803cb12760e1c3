"""The keys that seal what is stored: which of them opens what, and sealing anew with the first."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import transaction

from llm_providers.models import LLMProviderConfig
from llm_providers.sealing import CredentialsUnreadable, EncryptedJSONField, Sealed

FINGERPRINT_LENGTH = 8  # hexadecimal digits


class KeyRing:
    """The configured keys, in their order: the first seals, all open."""

    def __init__(self, field: EncryptedJSONField) -> None:
        keys: list[bytes] = [key.encode() if isinstance(key, str) else key for key in field.fernet_keys]
        self.fernets = [Fernet(key) for key in keys]
        self.fingerprints = [fingerprint(key) for key in keys]

    def place_of(self, sealed: Sealed) -> int | None:
        """The place of the key a ciphertext was made with, counted from 1; None when no key opens it."""
        for place, fernet in enumerate(self.fernets, start=1):
            try:
                fernet.decrypt(sealed.token)
            except InvalidToken:
                continue
            return place
        return None

    def reseal(self, sealed: Sealed) -> Sealed:
        """The same text, sealed with the first key; raises InvalidToken."""
        return Sealed(MultiFernet(self.fernets).rotate(sealed.token))


def fingerprint(derived_key: bytes) -> str:
    """What a key is called where it must not be shown."""
    return hashlib.sha256(b"fingerprint " + derived_key).hexdigest()[:FINGERPRINT_LENGTH]


@dataclass(frozen=True)
class SealedColumn:
    """One ciphertext of a row: the place of the key it was made with, and whether it opens where it stands."""

    provider: str
    column: str
    sealed: Sealed
    place: int | None
    readable: bool

    @property
    def old(self) -> bool:
        """Whether it is made with another key than the first."""
        return self.place is not None and self.place > 1


def sealed_fields() -> list[EncryptedJSONField]:
    every = LLMProviderConfig._meta.get_fields()  # noqa: SLF001  (Django's documented API)
    return [field for field in every if isinstance(field, EncryptedJSONField)]


def key_ring() -> KeyRing:
    return KeyRing(sealed_fields()[0])


def look() -> list[SealedColumn]:
    """What is stored, and by which keys, row by row."""
    ring = key_ring()
    return [column for config in LLMProviderConfig.objects.order_by("pk") for column in columns(ring, config)]


def reseal() -> Iterator[SealedColumn]:
    """Seal anew, with the first key, what another one sealed; tell of each ciphertext what it was before.

    One short transaction a row, which holds it: a change made meanwhile waits, or was made before. Neither version
    nor entity tag changes. To be repeated when it was interrupted: what is done stays done.
    """
    ring = key_ring()
    for pk in LLMProviderConfig.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            config = LLMProviderConfig.objects.select_for_update().filter(pk=pk).first()
            seen = columns(ring, config) if config else []  # deleted meanwhile
            anew = {each.column: ring.reseal(each.sealed) for each in seen if each.old}
            if anew:
                LLMProviderConfig.objects.filter(pk=pk).update(**anew)
        yield from seen


def columns(ring: KeyRing, config: LLMProviderConfig) -> list[SealedColumn]:
    ciphertexts: dict[str, Sealed | None] = {field.name: getattr(config, field.attname) for field in sealed_fields()}
    return [
        SealedColumn(config.provider, name, sealed, ring.place_of(sealed), opens(config, name))
        for name, sealed in ciphertexts.items()
        if sealed is not None
    ]


def opens(config: LLMProviderConfig, column: str) -> bool:
    try:
        getattr(config, column)
    except CredentialsUnreadable:
        return False
    return True
