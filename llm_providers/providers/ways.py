"""The ways in: what credentials consist of where a provider takes several kinds of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Way:
    """One way to authenticate; the fields a provider's ways do not name go with each of them.

    ``fields`` belong to this way alone. ``unset`` names environment variables that would beat or
    misdirect its credentials. The examples are as in ``Provider``, which has those of the first way.
    """

    label: str
    summary: str
    fields: Sequence[str]
    unset: Sequence[str] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    second_example: Mapping[str, Any] = field(default_factory=dict)
