"""Credentials to and from the names that SDKs read. Pure: it is handed mappings, and reads no other.

A key file goes into an environment as the path of a file, or, where there are none, as its members
under names of their own. Who asks chooses: one that hands over ``write_file`` gets paths.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from llm_providers.providers import PROVIDERS, Provider
from llm_providers.providers.credentials import ReadFile, WriteFile
from llm_providers.providers.ways import Way


class Environment(NamedTuple):
    """What to set, and the names of what must not be there, since it would beat or misdirect what is set."""

    written: dict[str, str]
    unset: list[str]


@dataclass(frozen=True, repr=False)
class Found:
    """What an environment says of a provider, not validated.

    ``credentials`` are those of the one way that is complete, and empty otherwise. ``missing`` then
    names what is required and not there, by the label of each way that was begun, or by the empty
    one where there are no ways; ``ambiguous`` the labels of several ways that are complete.
    """

    credentials: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)
    ambiguous: list[str] = field(default_factory=list)


def environment_of(
    provider: type[Provider], credentials: Mapping[str, Any], write_file: WriteFile | None = None
) -> Environment:
    """The environment in which every SDK finds these credentials, which are stored ones."""
    declaration = provider.Credentials
    way = declaration.way_of(credentials)
    written = dict(declaration.constants)
    silent = [*declaration.unset, *(way.unset if way else ())]
    for name, declared in declaration.declared_for(way).items():
        silent += declared.names(files=write_file is not None)
        if name in credentials:
            written |= declared.to_environment(credentials[name], write_file)
    return Environment(written, [name for name in dict.fromkeys(silent) if name not in written])


def environment_of_all(
    configurations: Mapping[str, Mapping[str, Any]], write_file: WriteFile | None = None
) -> Environment:
    """One environment for the credentials of several providers, by slug.

    Of two that disagree about a name the first in the enumeration decides, also that it is unset.
    """
    decided: dict[str, str | None] = {}
    for provider in PROVIDERS:
        if provider.slug in configurations:
            written, unset = environment_of(provider, configurations[provider.slug], write_file)
            decided |= {
                name: value for name, value in {**written, **dict.fromkeys(unset)}.items() if name not in decided
            }
    written = {name: value for name, value in decided.items() if value is not None}
    return Environment(written, [name for name in decided if name not in written])


def from_environment(environment: Mapping[str, str], read_file: ReadFile | None = None) -> dict[str, Found]:
    """What is found of each provider, by slug; one of which nothing is found is left out.

    A key file's path is followed with ``read_file``, and passed over without.
    """
    found = {provider.slug: _found(provider, environment, read_file) for provider in PROVIDERS}
    return {slug: each for slug, each in found.items() if each}


def _found(provider: type[Provider], environment: Mapping[str, str], read_file: ReadFile | None) -> Found | None:
    declaration = provider.Credentials
    read = {
        name: value
        for name, declared in declaration.declared().items()
        if (value := declared.from_environment(environment, read_file)) is not None
    }
    if not read:
        return None
    ways: Sequence[Way | None] = declaration.ways_in(read) or declaration.ways or [None]
    asked = [declaration.declared_for(way) for way in ways]
    missing = [[name for name, each in fields.items() if each.required and name not in read] for fields in asked]
    labels = [way.label if way else "" for way in ways]
    complete = [index for index, names in enumerate(missing) if not names]
    if len(complete) > 1:
        return Found(ambiguous=[labels[index] for index in complete])
    if complete:
        return Found({name: value for name, value in read.items() if name in asked[complete[0]]})
    return Found(missing=dict(zip(labels, missing, strict=True)))
