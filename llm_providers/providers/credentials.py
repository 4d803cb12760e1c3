"""The fields credentials are declared with. A field's type carries its security rule.

A field takes the value in full and shows it masked: ``to_internal_value`` cleans,
``to_representation`` masks, so a serializer's ``.data`` can be shown to anybody who may
see that the configuration exists.
"""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from rest_framework.exceptions import ErrorDetail
from rest_framework.settings import api_settings

from llm_providers.providers.variables import Variable
from llm_providers.providers.ways import Way
from llm_providers.strict.fields import Text
from llm_providers.strict.serializer import StrictSerializer

MASK = "***"
MAX_LENGTH = 512  # characters
KEY_LENGTH = 30  # characters behind a key's prefix; a deployment may well be called sk-test
KEY_RUN = re.compile(r"[A-Za-z0-9]{16}")  # somewhere in each real key, but not in a name made of words
SECRET_IN_CLEAR = ("key", "repeated")  # the codes of errors about a plain value that must not be shown

_PRINTABLE_ASCII = re.compile(r"[\x21-\x7e]+")


# Which provider's keys look like this value; in the context of a serializer that a registry made.
OwnerOf = Callable[[str], Any]
WriteFile = Callable[[str], str]  # keeps a text in a file and returns its path
ReadFile = Callable[[str], str]  # the text of the file at a path


class CredentialsSerializer(StrictSerializer):
    """Base of every provider's ``Credentials``.

    ``ways`` are its ways in, where there are several, the published one first: credentials hold
    exactly one of them, whole. A field of a way is required with that way only.

    ``constants`` are environment variables that are written with every way, unless a field
    writes them; ``unset`` names those that would beat or misdirect the credentials.
    """

    ways: ClassVar[Sequence[Way]] = ()
    constants: ClassVar[Mapping[str, str]] = {}
    unset: ClassVar[Sequence[str]] = ()

    @classmethod
    def secrets_of(cls, credentials: Mapping[str, Any]) -> dict[str, Any]:
        """Of these credentials what a rotation replaces."""
        declared = cls.declared()
        return {name: value for name, value in credentials.items() if name in declared and declared[name].secret}

    @classmethod
    @cache
    def declared(cls) -> dict[str, "CredentialField"]:
        """The declared fields by name, in order."""
        return dict(cls().fields)  # type: ignore[arg-type]

    @classmethod
    def mask(cls, credentials: Mapping[str, Any]) -> dict[str, Any]:
        """What may be shown; what is absent stays absent, whatever the rules say today."""
        return {
            name: field.to_representation(credentials[name])
            for name, field in cls.declared().items()
            if name in credentials
        }

    @classmethod
    def declared_for(cls, way: Way | None) -> dict[str, "CredentialField"]:
        """The fields of this way, and those of every way; of None the latter alone."""
        return {name: field for name, field in cls.declared().items() if cls.belongs(name) in (None, way)}

    @classmethod
    def belongs(cls, name: str) -> Way | None:
        """The way that this field belongs to alone."""
        return next((way for way in cls.ways if name in way.fields), None)

    @classmethod
    def way_of(cls, credentials: Mapping[str, Any]) -> Way | None:
        """The way of credentials that were accepted; None where there is but one."""
        return next(iter(cls.ways_in(credentials)), None)

    @classmethod
    def ways_in(cls, sent: Mapping[str, Any]) -> list[Way]:
        """The ways whose fields are sent; a field sent as null counts if nothing else does."""
        given = [name for name, value in sent.items() if value is not None]
        ways = [way for way in cls.ways if not set(way.fields).isdisjoint(given)]
        return ways or [way for way in cls.ways if not set(way.fields).isdisjoint(sent)]

    def asked(self, declared: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """What was sent, and of what was not the fields of the way that is taken."""
        taken = self.ways_in(sent)
        way = taken[0] if len(taken) == 1 else None
        return {name: field for name, field in declared.items() if name in sent or self.belongs(name) in (None, way)}

    def across(self, valid: dict[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """One way is taken; a secret is refused where it would be shown, and asked for again when it moves."""
        return self._unclear_way(sent) | self._left_behind(valid, sent) | self._shown_secrets(valid, sent)

    def _unclear_way(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        taken = self.ways_in(sent)
        if not self.ways or len(taken) == 1:
            return {}
        told = ["Send the fields of one way in."]
        if taken:
            told = [f"Send the fields of one way in: these are of {' and '.join(way.label for way in taken)}."]
        for way in taken or self.ways:
            missing = [name for name in way.fields if self.fields[name].required and name not in sent]
            told.append(f"Missing for {way.label}: {', '.join(missing) or 'nothing'}.")
        return {api_settings.NON_FIELD_ERRORS_KEY: [" ".join([*told, *self._how_to_change(taken)])]}

    def _how_to_change(self, taken: Sequence[Way]) -> list[str]:
        """What a patch leaves out that changes the stored way."""
        stored: Mapping[str, Any] = self.context.get("stored", {})
        patch: Mapping[str, Any] = self.context.get("patch", {})
        old = self.way_of(stored)
        if old is None or old not in taken:
            return []
        kept = [name for name in stored if name in old.fields and patch.get(name, stored) is not None]
        return [f"To leave {old.label}, send null for {', '.join(kept)}."]

    def _left_behind(self, valid: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        """The stored secrets that a patch leaves out although it changes where they are sent to."""
        stored: Mapping[str, Any] = self.context.get("stored", {})
        patch: Container[str] = self.context.get("patch", ())
        declared: Mapping[str, CredentialField] = self.fields  # type: ignore[assignment]
        asked = self.asked(dict(declared), sent)
        moved = [
            name
            for name, field in declared.items()
            if field.destination
            # of a refused one it is not known
            and (name in valid or not (name in sent or (field.required and name in asked)))
            and valid.get(name) != stored.get(name)
        ]
        left = [name for name, field in declared.items() if field.masked and name in stored and name not in patch]
        if len(self.ways_in(sent)) > 1:  # whether the secrets of a way stay is not known either
            left = [name for name in left if not self.belongs(name)]
        sentence = "Send this secret again: {} changes, and a secret belongs to its destination."
        return {name: [sentence.format(moved[0])] for name in left if moved}

    def _shown_secrets(self, valid: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
        values = {**sent, **valid}
        declared: Mapping[str, CredentialField] = self.fields  # type: ignore[assignment]
        fields = {name: field for name, field in declared.items() if name in values}
        owner = {secret: name for name, field in fields.items() for secret in field.secrets(values[name])}
        return {
            name: [field.repeats(owner[plain])]
            for name, field in fields.items()
            if isinstance(field, PlainField) and (plain := as_typed(values[name])) in owner
        }


def is_key(value: str, prefix: int) -> bool:
    """Whether a value that begins with as many characters of a key's prefix is a key, and not a name."""
    behind = value[prefix:]
    if not behind:  # a pattern that takes the whole value knows whole keys, not their prefix
        return len(value) >= KEY_LENGTH
    return len(behind) >= KEY_LENGTH and KEY_RUN.search(behind) is not None


def as_typed(value: Any) -> str | None:
    """A string without the white space around it, as a field compares and keeps it."""
    return value.strip() or None if isinstance(value, str) else None


class CredentialField(Text):
    """A string of printable ASCII, trimmed, without white space inside.

    ``env`` names the environment variables that hold the value: all are written, and the first
    that is set is read. ``hint`` is the sentence shown when ``pattern``, a full match, fails.
    """

    masked = False
    secret = False  # what opens the provider: changing it is a rotation
    destination = False
    # What an object sent in place of the string consists of, where one may be.
    members: "ClassVar[type[CredentialsSerializer] | None]" = None
    told: tuple[str, ...] = ()  # of a value that is an object: the members that say which one it is

    default_error_messages = {
        "characters": "Only printable ASCII characters without white space are accepted. Copy the value again.",
        "pattern": "{hint}",
    }

    def __init__(
        self,
        *,
        env: str | Variable | Sequence[str | Variable] = (),
        pattern: str | None = None,
        hint: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("max_length", MAX_LENGTH)
        super().__init__(**kwargs)
        names = (env,) if isinstance(env, (str, Variable)) else env
        self.env = tuple(Variable(name) if isinstance(name, str) else name for name in names)
        self.pattern = re.compile(pattern, re.ASCII) if pattern else None
        self.hint = hint

    def to_internal_value(self, data: str) -> Any:
        value = super().to_internal_value(data)
        self.check(value)
        return value

    def check(self, value: str) -> None:
        """Raise ValidationError unless this trimmed value is acceptable."""
        if not _PRINTABLE_ASCII.fullmatch(value):
            self.fail("characters")
        if self.pattern and not self.pattern.fullmatch(value):
            self.fail("pattern", hint=self.hint)

    def secrets(self, _value: Any) -> list[str]:
        """The secrets in a value, cleaned or as it was sent."""
        return []

    def line(self, shown: Any) -> str:
        """A represented value as one short line; that of none is empty."""
        if isinstance(shown, Mapping):
            return ", ".join(shown[name] for name in self.told if name in shown)
        return shown or ""

    def names(self, *, files: bool = True) -> list[str]:
        """The variables that hold the value, where it may be in a file or where there are none."""
        return [variable.name for variable in self.env]

    def to_environment(self, value: Any, write_file: WriteFile | None = None) -> dict[str, str]:
        """The value under each name, or what the name takes of it; ``write_file`` is for values that are files."""
        written = {variable.name: variable.write(value) for variable in self.env}
        return {name: text for name, text in written.items() if text is not None}

    def from_environment(self, environment: Mapping[str, str], read_file: ReadFile | None = None) -> Any:
        """What is found under the first of the names that is set, or None."""
        return next((value for variable in self.env if (value := variable.read(environment)) is not None), None)


class PlainField(CredentialField):
    """A value that is not secret and is shown as it is; hence none that looks like a key."""

    default_error_messages = {
        "key": "This looks like a key of {owner}, and {name} is not masked. Send {name} its own value, "
        "and keys in masked fields only.",
        "repeated": "This is the value of {secret} too, and {name} is not masked. Send {name} its own value.",
    }

    def check(self, value: str) -> None:
        owner_of: OwnerOf | None = self.context.get("owner_of")
        owner = owner_of(value) if owner_of else None
        if owner and is_key(value, owner.claims(value)):
            self.fail("key", owner=owner.label, name=self.field_name)
        super().check(value)

    def repeats(self, secret: str) -> ErrorDetail:
        """What to say when the value is that of the secret field of this name."""
        sentence = self.error_messages["repeated"].format(secret=secret, name=self.field_name)
        return ErrorDetail(sentence, "repeated")


class SecretField(CredentialField):
    """A value that is never shown again, but for its longest declared public prefix.

    ``prefixes`` are shown; with ``prefix_required`` a value must start with one of them.
    """

    masked = secret = True

    default_error_messages = {
        "masked": ("This is a masked value. Omit the field to keep the stored secret, or send the real secret."),
        "foreign": "This looks like a key of {owner}. Send it under that provider.",
        "prefix": "The value must start with {prefixes}.",
    }

    def __init__(self, *, prefixes: Sequence[str] = (), prefix_required: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("style", {"input_type": "password"})
        super().__init__(**kwargs)
        self.prefixes = tuple(prefixes)
        self.prefix_required = prefix_required

    def check(self, value: str) -> None:
        if MASK in value:
            self.fail("masked")
        owner = self._foreign_owner(value)
        if owner:
            self.fail("foreign", owner=owner)
        if self.prefix_required and not value.startswith(self.prefixes):
            self.fail("prefix", prefixes=" or ".join(self.prefixes))
        super().check(value)

    def secrets(self, value: Any) -> list[str]:
        secret = as_typed(value)
        return [secret] if secret else []

    def _foreign_owner(self, value: str) -> str | None:
        owner_of: OwnerOf | None = self.context.get("owner_of")
        owner = owner_of(value) if owner_of else None
        if owner is None:
            return None
        provider = self.context["provider"]
        if provider.accepts_any_key:
            return None
        if provider.claims(value) >= owner.claims(value):  # its own, or two providers' keys begin alike
            return None
        label: str = owner.label
        return label

    def to_representation(self, value: Any) -> Any:
        shown = [prefix for prefix in self.prefixes if value.startswith(prefix)]
        return max(shown, key=len, default="") + MASK


class MaskedField(SecretField):
    """An identifier that is masked like a secret and opens nothing: changing it alone is no rotation."""

    secret = False
