"""Fields that accept one spelling of a value."""

import re
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from llm_providers.strict.serializer import NOT_NULL, REQUIRED


class Text(serializers.CharField):
    """A string; CharField would turn a number into one."""

    default_error_messages = {
        "required": REQUIRED,
        "null": NOT_NULL,
        "invalid": "Send a string.",
        "blank": "This field must not be empty.",
        "max_length": "This field takes at most {max_length} characters.",
    }

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class PrintableText(Text):
    default_error_messages = {"unprintable": "This field takes no line breaks and no control characters."}

    def to_internal_value(self, data: str) -> str:
        text = super().to_internal_value(data)
        if not text.isprintable():
            self.fail("unprintable")
        return text


class StrictBooleanField(serializers.Field):  # type: ignore[type-arg]
    """``true`` or ``false``, and nothing that merely looks like it."""

    default_error_messages = {"null": NOT_NULL, "invalid": "Send true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: bool) -> bool:
        return value


class MomentField(serializers.DateTimeField):
    """An ISO 8601 date and time with its zone."""

    default_error_messages = {
        "invalid": "Send a date and time with its zone, for example 2026-01-31T08:00:00Z.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not (isinstance(value, str) and value.isprintable()):
            self.fail("invalid")  # fromisoformat() reads up to a NUL and no further
        try:
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else self.fail("invalid")
        except (ValueError, OverflowError):
            self.fail("invalid")


class CountField(serializers.IntegerField):
    """Digits, and nothing else that Python takes for a number."""

    default_error_messages = {"invalid": "Send a whole number."}

    def to_internal_value(self, data: Any) -> int:
        if not re.fullmatch("[0-9]{1,9}", data):
            self.fail("invalid")
        return int(data)


class ListOf(serializers.ListField):
    """A list that names nothing twice; its errors are told by the places in it."""

    default_error_messages = {
        "required": REQUIRED,
        "null": NOT_NULL,
        "not_a_list": "Send a list.",
        "many": "This field takes at most {most}.",
        "twice": "Name each once.",
    }

    def __init__(self, child: Any, *, most: int = 100, **kwargs: Any) -> None:
        super().__init__(child=child, **kwargs)
        self.most = most

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type="")
        if len(data) > self.most:
            self.fail("many", most=self.most)
        valid = super().to_internal_value(data)
        if any(each in valid[:place] for place, each in enumerate(valid)):
            self.fail("twice")
        return valid


class WholeNumberField(serializers.IntegerField):
    """A JSON number without a fraction, within bounds."""

    default_error_messages = {"null": NOT_NULL, "invalid": "Send a whole number from {min_value} to {max_value}."}

    def __init__(self, *, min_value: int, max_value: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.allowed = range(min_value, max_value + 1)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int or data not in self.allowed:  # True is an int, and 1.0 equals one
            self.fail("invalid", min_value=self.allowed.start, max_value=self.allowed.stop - 1)
        number: int = data
        return number
