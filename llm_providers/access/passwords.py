from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.exceptions import ValidationError
from django.db import connection

PASSWORD_LENGTH = 4096  # characters


class MaximumLengthValidator:
    """Refuses a password that is longer than what a login takes."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > PASSWORD_LENGTH:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password must contain at most {PASSWORD_LENGTH} characters."


class ConnectionlessHasher(PBKDF2PasswordHasher):
    """Django's, which gives the database connection back first: of connections there are few, and this takes long."""

    def encode(self, *args: Any, **kwargs: Any) -> str:
        if not connection.in_atomic_block:
            connection.close()
        return super().encode(*args, **kwargs)
