"""What a provider declares."""

import re
from typing import Any, ClassVar

from llm_providers.providers.credentials import CredentialsSerializer


class Provider:
    """One LLM provider. A subclass is a declaration: it is never instantiated.

    ``Credentials`` says which fields there are, what is accepted in each and how each is
    masked. ``example`` is a complete credentials object of the right shape that opens nothing.
    ``key_pattern`` is what this provider's keys are recognised by when one is pasted under
    another provider; leave it out when the keys have no reliable sign.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    summary: ClassVar[str]
    docs_url: ClassVar[str]
    keys_url: ClassVar[str]
    example: ClassVar[dict[str, Any]]
    key_pattern: ClassVar[re.Pattern[str] | None] = None
    Credentials: ClassVar[type[CredentialsSerializer]]
