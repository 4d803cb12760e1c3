"""The sealed column: a JSON object, encrypted and bound to the row it belongs to."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Never, cast

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
    """A ciphertext, opened only for the row it was sealed for."""

    __slots__ = ("token",)

    def __init__(self, token: bytes) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "<Sealed>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)


class OpenedAttribute:
    """Seals what is assigned, opens on access: the instance itself holds only ciphertext."""

    def __init__(self, field: "EncryptedJSONField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        sealed = getattr(instance, self.field.attname)
        return self.field.open(sealed, *self.field.binding(instance)) if sealed else None

    def __set__(self, instance: models.Model, value: Any) -> None:
        if value is not None and not isinstance(value, Sealed):
            value = self.field.seal(value, *self.field.binding(instance))
        setattr(instance, self.field.attname, value)


class EncryptedJSONField(EncryptedTextField):  # type: ignore[misc]
    """A JSON object, encrypted with the first of FERNET_KEYS and readable with any of them.

    ``bound_to`` names fields of the same model, that of the provider first, whose values go into the
    ciphertext under their names: moved to a row where one differs, or to a column that is bound to
    others, it does not open. Reading the attribute decrypts and gives a
    fresh dict, or raises CredentialsUnreadable. Django itself goes, as with a foreign key's
    ``_id``, by a second attribute, ``sealed_<name>``: queries, dumps, refreshes and copies see
    only ciphertext, and none of them opens it.
    """

    empty_strings_allowed = False

    if TYPE_CHECKING:  # what OpenedAttribute does in its place

        def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any: ...

        def __set__(self, instance: models.Model, value: Any) -> None: ...

    def __init__(self, *args: Any, bound_to: str | Sequence[str], **kwargs: Any) -> None:
        kwargs["editable"] = False  # no form, and model_to_dict() leaves it out
        super().__init__(*args, **kwargs)
        self.bound_to = (bound_to,) if isinstance(bound_to, str) else tuple(bound_to)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        bound_to = self.bound_to[0] if len(self.bound_to) == 1 else self.bound_to
        return name, path, args, {**kwargs, "bound_to": bound_to}

    def get_attname_column(self) -> tuple[str, str]:
        return f"sealed_{self.name}", self.db_column or self.name

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, **kwargs)
        setattr(cls, name, OpenedAttribute(self))

    @property
    def ring(self) -> Fernet | MultiFernet:
        return cast("Fernet | MultiFernet", self.fernet)

    def binding(self, instance: models.Model) -> tuple[Any, ...]:
        return tuple(getattr(instance, name) for name in self.bound_to)

    def seal(self, value: dict[str, Any], *binding: Any) -> Sealed:
        """Encrypt an object for the row whose bound fields have these values."""
        if not isinstance(value, dict):
            self._refuse_value()
        if not all(binding):
            raise FieldError(f"Set {' and '.join(self.bound_to)} before {self.name}: the ciphertext is bound to it.")
        text = json.dumps({**self._bound(binding), "value": value})
        return Sealed(self.ring.encrypt(text.encode()))

    def open(self, sealed: Sealed, *binding: Any) -> dict[str, Any]:
        """Decrypt for the row whose bound fields have these values; raises CredentialsUnreadable."""
        try:
            envelope = json.loads(self.ring.decrypt(sealed.token))
        except (InvalidToken, ValueError):
            raise CredentialsUnreadable(binding[0]) from None
        match envelope:
            case {"value": dict() as value, **bound} if bound == self._bound(binding):
                return value
        raise CredentialsUnreadable(binding[0])

    def _bound(self, binding: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(self.bound_to, binding, strict=True))

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

    def value_to_string(self, obj: models.Model) -> str:
        sealed: Sealed | None = self.value_from_object(obj)
        return sealed.token.decode() if sealed else ""

    def _refuse_value(self) -> Never:
        raise FieldError(
            f"{self.name} takes a JSON object, assigned to an instance. Expressions and bulk updates cannot be sealed."
        )
