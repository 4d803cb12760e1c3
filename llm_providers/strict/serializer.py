"""A serializer that takes what is declared and nothing else."""

import copy
import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Never, Self

from rest_framework import serializers
from rest_framework.settings import api_settings

REQUIRED = "This field is required."
NOT_NULL = "This field must not be null."
NAME_LENGTH = 512  # characters of an unknown name that are compared


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields nobody declared, and never shows what it was given.

    An unknown field is not named in the answer: a key pasted in the place of a name would
    come back. The closest declared name is offered instead.
    """

    default_error_messages = {
        "invalid": "Send a JSON object.",
        "required": REQUIRED,
        "null": NOT_NULL,
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            self.fail_whole(str(self.error_messages["invalid"]))
        declared = {name: field for name, field in self.fields.items() if not field.read_only}
        valid: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name, field in self.asked(declared, data).items():
            try:
                valid[name] = field.run_validation(field.get_value(data))
            except serializers.SkipField:
                continue
            except serializers.ValidationError as error:
                errors[name] = error.detail
        across = self.across(valid, data)
        unknown = [name for name in data if name not in declared]
        if unknown:
            whole = across.get(api_settings.NON_FIELD_ERRORS_KEY, [])
            errors[api_settings.NON_FIELD_ERRORS_KEY] = [unknown_field(unknown, list(declared)), *whole]
        errors = across | errors
        if errors:
            raise serializers.ValidationError(errors)
        return valid

    def asked(self, declared: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """Of the declared fields those that are looked at, sent or not."""
        return declared

    def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """Apply the rules across fields and return their errors; they are told together with the fields' own.

        ``valid`` are the cleaned values of the fields that passed, to be completed in place;
        ``sent`` is everything. Of two errors about a field its own is told.
        """
        return {}

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Declared fields only; what is absent stays absent, whatever the rules say today."""
        return {
            name: field.to_representation(instance[name]) for name, field in self.fields.items() if name in instance
        }

    def anew(self, data: Any, **context: Any) -> Self:
        """A serializer of other input, with the fields of this one: making fields takes longer than using them.

        The fields have the context of this one; what is added is for the rules across them.
        """
        self.fields  # noqa: B018  (made now, unless they are there, and then shared)
        other = copy.copy(self)
        other.__dict__ |= {"initial_data": data, "_context": {**self.context, **context}}
        return other

    def accepted(self, data: Any, **context: Any) -> dict[str, Any]:
        """What was sent, as it is accepted, by a serializer made ``anew``; raises ValidationError."""
        serializer = self.anew(data, **context)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def get_initial(self) -> dict[str, Any]:
        return {}  # rest_framework would make refused input readable as .data

    def fail_whole(self, sentence: str) -> Never:
        raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [sentence]})

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def unknown_field(unknown: Iterable[str], declared: Sequence[str]) -> str:
    """The sentence about fields nobody declared; it names only declared ones."""
    close = {guess for name in unknown for guess in difflib.get_close_matches(name[:NAME_LENGTH], declared, n=1)}
    hint = f" Did you mean {', '.join(sorted(close))}?" if close else ""
    return f"Unknown field.{hint} Accepted here: {', '.join(declared)}."


def sentences(errors: Any, name: str = "") -> Iterable[str]:
    """The sentences of a field's errors; those of a field within it start with that one's name."""
    if isinstance(errors, Mapping):
        for inner, inner_errors in errors.items():
            of_a_list = isinstance(inner, int)
            nameless = "" if inner == api_settings.NON_FIELD_ERRORS_KEY else str(inner)
            yield from sentences(inner_errors, name if of_a_list else nameless)
    else:
        yield from (f"{name}: {error}" if name else str(error) for error in errors)
