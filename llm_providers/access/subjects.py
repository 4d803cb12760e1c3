"""Whether a verified workload is the one that a machine's identity names. Pure."""

from collections.abc import Mapping
from typing import Any

from llm_providers.access.workload_tokens import Workload


def fits(identity: Mapping[str, Any], workload: Workload) -> bool:
    return (
        identity["issuer"] == workload.issuer
        and identity["audience"] == workload.audience
        and matches(identity["subject"], workload.subject)
        and all(workload.claims.get(name) == value for name, value in identity["claims"].items())
    )


def matches(pattern: str, subject: str) -> bool:
    """Whether the subject is this one; ``*`` stands for characters, or none, that are neither ``:`` nor ``/``."""
    first, *others = pattern.split("*")
    if not others:
        return pattern == subject
    if not subject.startswith(first):
        return False
    # Star by star, each standing for as little as it can; the last for what is left in front of the end.
    place, end = len(first), len(subject) - len(others[-1])
    for piece in others[:-1]:
        at = subject.find(piece, place, end)
        if at < 0 or crosses(subject[place:at]):
            return False
        place = at + len(piece)
    return place <= end and subject.endswith(others[-1]) and not crosses(subject[place:end])


def crosses(run: str) -> bool:
    return ":" in run or "/" in run
