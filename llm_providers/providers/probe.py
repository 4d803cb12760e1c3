"""What is asked of a provider, and what came back. Pure: `verification.outbound` does the asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

BODY_LIMIT = 256 * 1024  # bytes
LIST_LIMIT = 4 * 1024 * 1024  # bytes, for a list of models


@dataclass(frozen=True)
class Question:
    """One HTTPS request. Secrets belong into ``headers`` and ``body``, which ``repr`` leaves out.

    ``origin`` is the name under which an operator may set another origin for it: a provider's slug,
    ``google-token``, ``aws-sts`` or ``azure-login``.
    """

    method: str
    url: str
    origin: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    limit: int = BODY_LIMIT


class Kind(StrEnum):
    """How far a question came. Those up to ``NOT_JSON`` have a status and headers."""

    JSON = "json"
    REDIRECT = "redirect"  # not followed
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    UNRESOLVABLE = "unresolvable"  # DNS says that there is no such host
    REFUSED = "refused"  # the address, or the question itself, is one that may not be asked
    UNREACHABLE = "unreachable"  # DNS, TCP, TLS or HTTP failed, or the time was over


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case; ``repr`` shows nothing the provider wrote."""

    kind: Kind
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
