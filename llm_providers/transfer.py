"""Credentials out of an environment into the store: first a plan, then all of it or nothing."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from rest_framework.exceptions import ValidationError

from llm_providers import environment, store
from llm_providers.audit import Author
from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS
from llm_providers.providers.credentials import ReadFile


class Change(StrEnum):
    CREATED = "created"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    INCOMPLETE = "incomplete"  # left out: not all that is required is there
    STORED = "stored otherwise"  # to be replaced only when told so
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"


# With one of these in it nothing of a plan is applied.
BLOCKING = {Change.STORED, Change.AMBIGUOUS, Change.REFUSED}


@dataclass(frozen=True, repr=False)
class Step:
    """What becomes of one provider. ``told`` is for people, and masked."""

    provider: str
    change: Change
    told: str
    credentials: Mapping[str, Any] = field(default_factory=dict)
    etag: str = ""  # of what is replaced


@dataclass(frozen=True)
class Plan:
    steps: list[Step]
    not_understood: list[str]

    @property
    def blocked(self) -> bool:
        return any(step.change in BLOCKING for step in self.steps)

    def apply(self, author: Author) -> None:
        """Raises AlreadyConfigured and ChangedMeanwhile when the plan is not true any more: then nothing is done."""
        with transaction.atomic():
            for step in self.steps:
                if step.change == Change.CREATED:
                    store.create(step.provider, enabled=True, credentials=step.credentials, author=author)
                elif step.change == Change.REPLACED:
                    store.update(step.provider, credentials=step.credentials, author=author, expected=[step.etag])


def plan(variables: Mapping[str, str], read_file: ReadFile, *, replace: bool, every: bool) -> Plan:
    """What importing these variables would do.

    ``replace`` allows to replace what is stored. Not understood are, with ``every``, all variables of
    no meaning here, else those that begin like one that has.
    """
    stored = {config.provider: config for config in LLMProviderConfig.objects.all()}
    found = environment.from_environment(variables, read_file)
    steps = [_step(slug, each, stored.get(slug), replace=replace) for slug, each in found.items()]
    return Plan(steps, sorted(_not_understood(variables, every=every)))


def _step(  # noqa: PLR0911  (a table: one row an outcome)
    slug: str, found: environment.Found, stored: LLMProviderConfig | None, *, replace: bool
) -> Step:
    if found.ambiguous:
        told = f"the variables of {' and '.join(found.ambiguous)} are set: unset those of all but one"
        return Step(slug, Change.AMBIGUOUS, told)
    if found.missing:
        return Step(slug, Change.INCOMPLETE, "; ".join(_missing(slug, found.missing)))
    try:
        cleaned = PROVIDERS.clean(slug, found.credentials)
    except ValidationError as error:
        return Step(slug, Change.REFUSED, "; ".join(_sentences(error.detail)))
    told = ", ".join(_shown(slug, cleaned))
    if stored is None:
        return Step(slug, Change.CREATED, told, cleaned)
    if stored.readable and stored.credentials == cleaned:
        return Step(slug, Change.UNCHANGED, told)
    if dropped := _dropped(stored, cleaned):
        told = f"{told}, without {' and '.join(dropped)}"
    if replace:
        return Step(slug, Change.REPLACED, told, cleaned, stored.etag)
    return Step(slug, Change.STORED, f"{told}; --replace replaces what is stored")


def _dropped(stored: LLMProviderConfig, cleaned: dict[str, Any]) -> list[str]:
    """The names of what is stored and not replaced by anything."""
    return [name for name in stored.credentials if name not in cleaned] if stored.readable else []


def _missing(slug: str, missing: Mapping[str, Collection[str]]) -> Iterator[str]:
    declared = PROVIDERS.get(slug).Credentials.declared()
    for way, names in missing.items():
        variables = [f"{name} ({' or '.join(declared[name].names())})" for name in names]
        yield f"missing{f' for {way}' if way else ''}: {', '.join(variables)}"


def _shown(slug: str, credentials: dict[str, Any]) -> Iterator[str]:
    declared = PROVIDERS.get(slug).Credentials.declared()
    for name, value in PROVIDERS.mask(slug, credentials).items():
        yield f"{name} {declared[name].line(value)}"


def _sentences(detail: Any, path: str = "") -> Iterator[str]:
    """Our own sentences about a field; they never repeat its value."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _sentences(inner, f"{path}.{name}".lstrip("."))
    else:
        yield from (f"{path}: {sentence}" for sentence in detail)


def _not_understood(variables: Mapping[str, str], *, every: bool) -> set[str]:
    understood = set()
    for provider in PROVIDERS:
        understood |= set(provider.Credentials.constants)
        for declared in provider.Credentials.declared().values():
            understood |= {*declared.names(), *declared.names(files=False)}
    families = {name.partition("_")[0] + "_" for name in understood}
    return {name for name in variables if name not in understood and (every or name.startswith(tuple(families)))}
