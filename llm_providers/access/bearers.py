"""Who sends a bearer token: a user, a machine with a key of its own, or one whose platform vouches for it."""

from collections.abc import Callable

from django.conf import settings

from llm_providers.access import callers, machines, workload_tokens
from llm_providers.access.callers import Caller
from llm_providers.machine_keys import PREFIX


def bearer(token: bytes, permission: str | None, address: Callable[[], str | None]) -> Caller:
    """Who this is, permitted too when no permission is needed; the token's shape says which of the three it is.

    ``address`` finds out where it came from. Raises InvalidToken and AuthenticationFailed.
    """
    if token.startswith(PREFIX.encode()):
        return machines.by_key(token, permission, address)
    if settings.LLM_PROVIDERS_OIDC_ISSUERS and workload_tokens.is_workload_token(token):
        return machines.by_workload(token, permission)
    return callers.caller(token, permission)
