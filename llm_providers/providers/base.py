"""What a provider declares."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from llm_providers.providers.credentials import CredentialsSerializer
from llm_providers.providers.probe import Listing, Probe


class Provider:
    """One LLM provider. A subclass is a declaration: it is never instantiated.

    ``Credentials`` says which fields there are, what is accepted in each and how each is
    masked. ``example`` is a complete credentials object of the right shape that opens nothing.
    ``key_pattern`` is what this provider's keys are recognised by when one is pasted under
    another provider; leave it out when the keys have no reliable sign.

    ``second_example`` is another one, for tests: it has a value for each field that ``example``
    leaves out, whose pattern allows no invented value, or that is a destination.
    Both are of the published way in; further ways have examples of their own.
    ``accepts_any_key`` is for providers whose keys may look like anybody's, such as a gateway's.

    ``verify`` is the probe that finds out whether credentials work, ``list_models`` the one that lists what they
    open; None where there is none.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    summary: ClassVar[str]
    docs_url: ClassVar[str]
    keys_url: ClassVar[str]
    example: ClassVar[dict[str, Any]]
    second_example: ClassVar[dict[str, Any]] = {}
    key_pattern: ClassVar[re.Pattern[str] | None] = None
    accepts_any_key: ClassVar[bool] = False
    verify: ClassVar[Callable[[Mapping[str, Any]], Probe] | None] = None
    list_models: ClassVar[Callable[[Mapping[str, Any]], Listing] | None] = None
    Credentials: ClassVar[type[CredentialsSerializer]]

    @classmethod
    def claims(cls, key: str) -> int:
        """How many of the first characters of this key tell that it is this provider's."""
        sign = cls.key_pattern.match(key) if cls.key_pattern else None
        return sign.end() if sign else 0
