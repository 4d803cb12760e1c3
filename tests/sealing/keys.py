"""Other keys than those the tests started with, for the model's own field."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from llm_providers.key_ring import sealed_fields

# Random, and of nobody.
OLD = "DgTOL2P1KzyI8JuDc1UoqaCYuhlPj_Ub9LhI-UEpVpU"
NEW = "aWa5lhfYPegyQhi_WDqTR9dlOmsEfRmP1Rk16A9Qh6I"
LOST = "aJ1YtqB4efy1kE1ViDSjQaTRZNZvIHQscHtAiHYW-1s"


@contextmanager
def keys(*ring: str) -> Iterator[None]:
    """As in a process that started with these FERNET_KEYS: a field makes its ring once."""
    with override_settings(FERNET_KEYS=list(ring)):
        forget()
        yield
    forget()


def forget() -> None:
    for field in sealed_fields():
        for name in ("keys", "fernet_keys", "fernet"):
            field.__dict__.pop(name, None)
