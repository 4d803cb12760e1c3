"""Other keys than those the tests started with, for the model's own field."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from llm_providers.key_ring import sealed_fields

OLD = "1sTkJ7pZ-Qw3vYx8Rb5Nc2Lm9Hg4Fd6Sa0"
NEW = "2uVmK8qA_Wx4wZy9Sc6Od3Mn0Ih5Ge7Tb1"
LOST = "3wXnL9rB-Xy5xAz0Td7Pe4No1Ji6Hf8Uc2"


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
