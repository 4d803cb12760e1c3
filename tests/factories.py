"""Credentials with a canary in every secret, and where those canaries are looked for."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from tests.ways import fields_of


def body_of(provider: type[Provider], **credentials: Any) -> dict[str, Any]:
    """A create request with the provider's example, or with these credentials."""
    return {"provider": provider.slug, "enabled": True, "credentials": credentials or provider.example}


def cleaned_example(provider: type[Provider]) -> dict[str, Any]:
    return PROVIDERS.clean(provider.slug, provider.example)


def unsaved(slug: str, credentials: dict[str, Any]) -> LLMProviderConfig:
    config = LLMProviderConfig(provider=slug)
    config.credentials = credentials
    return config


@contextmanager
def registered(provider: type[Provider]) -> Iterator[None]:
    """A provider among the others for a while, unless its slug is there anyway."""
    if provider.slug in PROVIDERS:
        yield
        return
    PROVIDERS.register(provider)
    try:
        yield
    finally:
        PROVIDERS.unregister(provider.slug)


def stored(slug: str, credentials: dict[str, Any]) -> LLMProviderConfig:
    """A row of the database, made without the API and without an audit event."""
    config = unsaved(slug, credentials)
    config.save()
    return config


def canary_credentials(provider: type[Provider]) -> dict[str, Any]:
    """A value for every field that has an example, and secrets that occur nowhere else."""
    masked = masked_names(provider)
    examples = {**provider.second_example, **provider.example}
    return {name: _canary(provider, name, value) if name in masked else value for name, value in examples.items()}


def masked_names(provider: type[Provider]) -> list[str]:
    return [name for name, field in fields_of(provider).items() if field.masked]


def another(provider: type[Provider], name: str) -> Any:
    """Another valid value of this field: the declaration's, else an invented one."""
    value = provider.example.get(name, provider.second_example.get(name))
    invented = _canary(provider, name, value) if isinstance(value, dict) else f"{value}2"
    return provider.second_example.get(name, invented)


def _canary(provider: type[Provider], name: str, value: Any) -> Any:
    if name in provider.second_example and provider.Credentials.declared()[name].pattern:
        return provider.second_example[name]
    if isinstance(value, dict):
        secret = {"private_key": pem(Ed25519PrivateKey.generate()), "private_key_id": uuid4().hex}
        return {**value, **secret}
    return f"{value}{uuid4().hex}"


def canaries(provider: type[Provider], credentials: dict[str, Any]) -> list[str]:
    """What must never be seen of these credentials: no secret, and no half of one."""
    secrets = [credentials[name] for name in masked_names(provider) if name in credentials]
    return [piece for secret in secrets for piece in _pieces(secret)]


def _pieces(secret: Any) -> Iterator[str]:
    if isinstance(secret, dict):
        yield secret["private_key"].splitlines()[1]
        yield secret["private_key_id"]
    else:
        tail = secret[-32:]
        middle = len(tail) // 2
        yield from (tail[:middle], tail[middle:])


def found(pieces: list[str], *texts: str | bytes) -> list[str]:
    """The pieces that occur in one of the texts: as they are, in hexadecimal or in base64."""
    whole = b"\n".join(text.encode() if isinstance(text, str) else text for text in texts)
    return [piece for piece in pieces if any(form in whole for form in _forms(piece.encode()))]


def _forms(piece: bytes) -> Iterator[bytes]:
    yield piece
    yield piece.hex().encode()
    for offset in range(3):  # base64 reads three bytes at a time, from wherever the text around begins
        yield base64.b64encode(b"\0" * offset + piece)[4 if offset else 0 : -4]


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    text: bytes = key.private_bytes(Encoding.PEM, form, NoEncryption())
    return text.decode()
