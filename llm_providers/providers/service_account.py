"""Google's key file of a service account."""

import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from llm_providers.providers import private_keys
from llm_providers.providers.credentials import (
    MASK,
    CredentialField,
    CredentialsSerializer,
    PlainField,
    ReadFile,
    SecretField,
    WriteFile,
)
from llm_providers.strict import json as strict_json

KEY_FILE_BYTES = 16 * 1024
PRIVATE_KEY_LENGTH = 8 * 1024  # characters; RSA keys of 8,192 bits take 6,400
GOOGLE = "googleapis.com"
# google-auth reads no file without one.
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address)
# "example.com:name" is the old domain-scoped form; a project number works in URLs as well.
PROJECT = r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]|\d{5,20}"
PROJECT_HINT = "A project id is 6 to 30 lower-case letters, digits and hyphens."
# Nothing before, between or after the armour but base64 lines.
PEM = re.compile(r"-----BEGIN ((?:RSA )?PRIVATE KEY)-----\n([A-Za-z0-9+/=\s]+)-----END \1-----", re.ASCII)


class PrivateKeyField(SecretField):
    """A PEM private key; the two characters ``\\n`` that environment files leave are mended."""

    default_error_messages = {
        "pem": "The private key is not a PEM private key. Send the downloaded key file unchanged.",
        "algorithm": "The private key is not one of a service account: an RSA key of 2,048 to 8,192 bits. "
        "Send the downloaded key file unchanged.",
    }

    def check(self, value: str) -> None:
        if MASK in value:
            self.fail("masked")
        armoured = PEM.fullmatch(value)
        if not armoured:
            self.fail("pem")
        label, lines = armoured.groups()
        try:
            der = binascii.a2b_base64("".join(lines.split()), strict_mode=True)
            private_keys.check(der, pkcs1=label.startswith("RSA"))
        except private_keys.AnotherAlgorithm:
            self.fail("algorithm")
        except (binascii.Error, private_keys.Unreadable):
            self.fail("pem")

    def to_internal_value(self, data: str) -> Any:
        lines = data.replace("\\n", "\n").replace("\r\n", "\n")
        return super().to_internal_value(lines) + "\n"


class KeyFile(CredentialsSerializer):
    """The members of the key file Google lets one download. URLs in it are never followed."""

    type = PlainField(
        help_text="Of what kind the key is.", pattern="service_account", hint="Only a service_account key is accepted."
    )
    project_id = PlainField(
        help_text="The project the account belongs to.", pattern=PROJECT, hint=PROJECT_HINT, required=False
    )
    private_key_id = SecretField(help_text="The id of the private key.", required=False)
    private_key = PrivateKeyField(help_text="The private key, PEM.", max_length=PRIVATE_KEY_LENGTH)
    client_email = PlainField(
        help_text="The account's e-mail address.", pattern=r"[^@]+@[^@]+", hint="Send the client's e-mail address."
    )
    client_id = PlainField(help_text="The account's id.", required=False)
    auth_uri = PlainField(help_text="Taken and dropped.", required=False)
    token_uri = PlainField(help_text="Taken and dropped.", required=False)
    auth_provider_x509_cert_url = PlainField(help_text="Taken and dropped.", required=False)
    client_x509_cert_url = PlainField(help_text="Taken and dropped.", required=False)
    universe_domain = PlainField(
        help_text="Taken and dropped.", required=False, pattern=r"googleapis\.com", hint=f"Only {GOOGLE} is supported."
    )

    kept = ("type", "project_id", "private_key_id", "private_key", "client_email", "client_id")


class ServiceAccountField(CredentialField):
    """The downloaded key file, as a JSON object or as its text. Replaced whole, never merged.

    Kept are the six members that identify and sign; shown are four of them.
    """

    masked = secret = True
    members = KeyFile
    told = ("project_id", "client_email")
    # What takes the place of a file's path where there is no file.
    members_env: ClassVar = {
        "client_email": "GOOGLE_CLIENT_EMAIL",
        "private_key": "GOOGLE_PRIVATE_KEY",
        "private_key_id": "GOOGLE_PRIVATE_KEY_ID",
    }

    default_error_messages = {
        "invalid": "Send the downloaded key file, as a JSON object or as its text.",
        "masked": SecretField.default_error_messages["masked"],
        "max_length": f"A key file takes at most {KEY_FILE_BYTES} bytes.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=None, **kwargs)  # bytes are counted below

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, Mapping):
            data = json.dumps(data)
        return super().run_validation(data)

    def to_internal_value(self, data: str) -> Any:
        if len(data.encode(errors="surrogatepass")) > KEY_FILE_BYTES:
            self.fail("max_length")
        try:
            members = strict_json.loads(data)
        except strict_json.NotStrictJSON as error:
            if MASK in data:
                self.fail("masked")
            raise serializers.ValidationError(f"The key file cannot be read. {error}") from None
        if not isinstance(members, dict):
            self.fail("invalid")
        key_file = KeyFile(data=members, context=self.context)
        key_file.is_valid(raise_exception=True)
        cleaned = key_file.validated_data
        return {name: cleaned[name] for name in KeyFile.kept if name in cleaned}

    def secrets(self, value: Any) -> list[str]:
        if not isinstance(value, Mapping):
            return []
        masked = {name: field for name, field in KeyFile.declared().items() if field.masked and name in value}
        return [secret for name, field in masked.items() for secret in field.secrets(value[name])]

    def to_representation(self, value: Any) -> Any:
        return KeyFile.mask(value)

    def names(self, *, files: bool = True) -> list[str]:
        return super().names() if files else [*self.members_env.values(), *super().names()]

    def to_environment(self, value: Any, write_file: WriteFile | None = None) -> dict[str, str]:
        if write_file:
            return super().to_environment(write_file(json.dumps({**value, "token_uri": TOKEN_URI})))
        return {variable: value[name] for name, variable in self.members_env.items() if name in value}

    def from_environment(self, environment: Mapping[str, str], read_file: ReadFile | None = None) -> Any:
        file: str | None = super().from_environment(environment)
        if file and read_file:
            return read_file(file)
        found = {
            name: environment[variable] for name, variable in self.members_env.items() if environment.get(variable)
        }
        return {"type": "service_account", **found} if "private_key" in found else None
