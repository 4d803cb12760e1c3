"""The sealed column: a JSON object, encrypted and bound to the row it belongs to."""

import json
from typing import Any, Never, cast

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from fernet_fields import EncryptedTextField


class CredentialsUnreadable(Exception):
    """The stored ciphertext cannot be opened: wrong key, altered, or moved from another row."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"The stored credentials of {provider} cannot be decrypted with the configured keys. "
            "Restore the key they were written with in FERNET_KEYS, or send the credentials again."
        )


class Sealed:
    """A ciphertext, opened only by who names the row it was sealed for."""

    __slots__ = ("token",)

    def __init__(self, token: bytes) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "<Sealed>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)


class SealedAttribute:
    """Seals what is assigned, opens on access: the instance itself holds only ciphertext."""

    def __init__(self, field: "EncryptedJSONField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        sealed = instance.__dict__[self.field.attname]
        return self.field.open(sealed, self.field.binding(instance)) if sealed else None

    def __set__(self, instance: models.Model, value: Any) -> None:
        if value is not None and not isinstance(value, Sealed):
            value = self.field.seal(value, self.field.binding(instance))
        instance.__dict__[self.field.attname] = value


class EncryptedJSONField(EncryptedTextField):  # type: ignore[misc]
    """A JSON object, encrypted with the first of FERNET_KEYS and readable with any of them.

    ``bound_to`` names a field of the same model, declared before this one, whose value goes
    into the ciphertext: moved to a row where that value differs, it does not open. Reading the
    attribute decrypts and gives a fresh dict, or raises CredentialsUnreadable; queries,
    serializers and forms see only ciphertext.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, bound_to: str, **kwargs: Any) -> None:
        kwargs["editable"] = False  # no form, and model_to_dict() leaves it out
        super().__init__(*args, **kwargs)
        self.bound_to = bound_to

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, path, args, {**kwargs, "bound_to": self.bound_to}

    @property
    def ring(self) -> Fernet | MultiFernet:
        return cast("Fernet | MultiFernet", self.fernet)

    def binding(self, instance: models.Model) -> str:
        bound_to: str = getattr(instance, self.bound_to)
        return bound_to

    def seal(self, value: dict[str, Any], binding: str) -> Sealed:
        """Encrypt an object for the row whose bound field has this value."""
        if not isinstance(value, dict):
            self._refuse_value()
        if not binding:
            raise FieldError(f"Set {self.bound_to} before {self.name}: the ciphertext is bound to it.")
        text = json.dumps({self.bound_to: binding, "value": value})
        return Sealed(self.ring.encrypt(text.encode()))

    def open(self, sealed: Sealed, binding: str) -> dict[str, Any]:
        """Decrypt for the row whose bound field has this value; raises CredentialsUnreadable."""
        try:
            envelope = json.loads(self.ring.decrypt(sealed.token))
        except (InvalidToken, ValueError):
            raise CredentialsUnreadable(binding) from None
        if envelope.get(self.bound_to) != binding:
            raise CredentialsUnreadable(binding)
        value: dict[str, Any] = envelope["value"]
        return value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        # An expression, or an object set by update(), would be encrypted without its binding.
        if value is None or isinstance(value, Sealed):
            return value and connection.Database.Binary(value.token)  # type: ignore[attr-defined]
        return self._refuse_value()

    def from_db_value(self, value: Any, *_args: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def to_python(self, value: Any) -> Sealed | None:
        """Take a ciphertext back from what value_to_string() gave."""
        if value is None or isinstance(value, Sealed):
            return value
        if not isinstance(value, str):
            self._refuse_value()
        return Sealed(value.encode())

    def value_from_object(self, obj: models.Model) -> Sealed | None:
        sealed: Sealed | None = obj.__dict__[self.attname]
        return sealed

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        return self.value_from_object(model_instance)

    def value_to_string(self, obj: models.Model) -> str:
        sealed = self.value_from_object(obj)
        return sealed.token.decode() if sealed else ""

    def _refuse_value(self) -> Never:
        raise FieldError(
            f"{self.name} takes a JSON object, assigned to an instance. Expressions and bulk updates cannot be sealed."
        )
