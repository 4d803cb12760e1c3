"""What may be said of a workload: the claims of the tokens that its platform gives it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from llm_providers.strict.fields import PrintableText
from llm_providers.strict.serializer import NOT_NULL, REQUIRED, StrictSerializer

CLAIMS = 20
NAME_LENGTH = 128  # characters of the name of a claim
LENGTH = 512  # characters of an issuer, an audience, a subject, the value of a claim
WILDCARDS = 8
OF_THEIR_OWN = {"iss": "issuer", "aud": "audience", "sub": "subject"}
NEVER = ("exp", "nbf", "iat", "jti")  # another one in each token


class IssuerField(PrintableText):
    """An OpenID Connect issuer, which tokens repeat exactly: nothing of it is put right here."""

    default_error_messages = {
        "issuer": "Send the issuer as its tokens have it: an https URL without query, fragment or user name."
    }

    def to_internal_value(self, data: str) -> str:
        text = super().to_internal_value(data)
        try:
            url = urlsplit(text)
            port_is_right = url.port != 0
        except ValueError:
            self.fail("issuer")
        right = text.startswith("https://") and text.isascii() and url.hostname and port_is_right
        if not right or any(character in text for character in ' ?#@\\"<>'):
            self.fail("issuer")
        return text


class SubjectField(PrintableText):
    default_error_messages = {
        "wildcards": f"Write * for a run of characters, at most {WILDCARDS} times, never twice in a row."
    }

    def to_internal_value(self, data: str) -> str:
        text = super().to_internal_value(data)
        if "**" in text or text.count("*") > WILDCARDS:
            self.fail("wildcards")
        return text


class ClaimsField(serializers.Field):  # type: ignore[type-arg]
    """Further claims a token must have, each exactly so. Its sentences do not repeat the names that were sent."""

    default_error_messages = {
        "required": REQUIRED,
        "null": NOT_NULL,
        "invalid": "Send a JSON object whose values are strings.",
        "many": f"Name at most {CLAIMS} claims.",
        "name": f"The name of a claim is 1 to {NAME_LENGTH} printable characters.",
        "value": f"The value of a claim is 1 to {LENGTH} printable characters.",
        "line": "A claim has no = in its name, and no space around name or value.",  # the form has name=value in a line
        "own": f"Some claims have fields of their own: {', '.join(OF_THEIR_OWN.values())}.",
        "never": f"No token repeats these: {', '.join(NEVER)}.",
    }

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, Mapping) or not all(isinstance(value, str) for value in data.values()):
            self.fail("invalid")
        if len(data) > CLAIMS:
            self.fail("many")
        if not all(name.isprintable() and 0 < len(name) <= NAME_LENGTH for name in data):
            self.fail("name")
        if not all(value.isprintable() and 0 < len(value) <= LENGTH for value in data.values()):
            self.fail("value")
        if any("=" in name or name != name.strip() or value != value.strip() for name, value in data.items()):
            self.fail("line")
        if any(name in OF_THEIR_OWN for name in data):
            self.fail("own")
        if any(name in NEVER for name in data):
            self.fail("never")
        return dict(data)


class IdentitySerializer(StrictSerializer):
    """A workload as its platform names it in the tokens it gives it."""

    issuer = IssuerField(max_length=LENGTH, help_text="The `iss` of its tokens, exactly")
    audience = PrintableText(max_length=LENGTH, help_text="The only `aud` of its tokens, exactly")
    subject = SubjectField(
        max_length=LENGTH,
        help_text="The `sub` of its tokens; `*` stands for a run of characters that crosses neither `:` nor `/`",
    )
    claims = ClaimsField(default=dict, help_text="Further claims its tokens have, each exactly so")
