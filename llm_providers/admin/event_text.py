"""How an audit event reads to people: labels instead of names; the API and the export keep the names."""

from llm_providers.models import AuditEvent
from llm_providers.providers import PROVIDERS

LABELS = {
    "enabled=true": "switched on",
    "enabled=false": "switched off",
    "enabled": "state",  # in events of the first version
    "is_superuser": "superuser",
    "is_staff": "may enter the admin",
    "is_active": "active",
    "groups": "roles",
    "user_permissions": "single permissions",
}


def provider_label(slug: str | None) -> str:
    """Also of a provider whose declaration was taken out."""
    return PROVIDERS.get(slug).label if slug in PROVIDERS.slugs() else slug or ""


def changed(event: AuditEvent) -> str:
    """What an event says was changed, in a line."""
    return ", ".join(field_label(event.provider, str(name)) for name in event.fields)


def field_label(provider: str | None, name: str) -> str:
    if name in LABELS:
        return LABELS[name]
    of, _, credential = name.partition(".")
    if of == "credentials" and provider in PROVIDERS.slugs():
        declared = PROVIDERS.get(provider).Credentials.declared()
        first, _, inner = credential.partition(".")
        if first in declared:
            return f"{declared[first].label}{f' ({inner})' if inner else ''}"
    return name if " " in name else name.replace("_", " ")
