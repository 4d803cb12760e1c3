from django.core.exceptions import ValidationError

PASSWORD_LENGTH = 4096  # characters


class MaximumLengthValidator:
    """Refuses a password that is longer than what a login takes."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > PASSWORD_LENGTH:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password must contain at most {PASSWORD_LENGTH} characters."
