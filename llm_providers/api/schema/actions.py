"""What the words mean that the trail has for what was done."""

from llm_providers.models import AuditEvent

Action = AuditEvent.Action

MEANINGS = {
    Action.CREATE: "a configuration was created",
    Action.UPDATE: "a configuration was changed",
    Action.DELETE: "a configuration was deleted",
    Action.VERIFY: "a provider was asked about credentials",
    Action.DELIVER: "credentials were handed out",
    Action.UNDO: "the previous credentials were made current again",
    Action.RETIRE: "the previous credentials were forgotten",
    Action.POLICY: "the owner of a key was changed, or when it is due",
    Action.LOGIN: "somebody logged in, and got tokens or a session",
    Action.LOGIN_FAILED: "a password was wrong, or the user inactive; `actor` is empty where there is no such user",
    Action.LOCK_OUT: "a failed login was the last one that may fail: of the `user` or the `address` in `fields`",
    Action.UNLOCK: "an operator let the `user` or `address` in `fields` log in again; names nobody has are left out",
    Action.TOKEN_ISSUED: "an operator made an access token: `fields` has its user and when it expires",
    Action.TOKEN_REVOKED: "a refresh token was revoked",
    Action.TOKEN_REUSED: "a refresh token was used again long after it was spent, which ended its login",
    Action.MACHINE: "a machine was created, changed or deleted: `fields` begins with its name",
    Action.MACHINE_KEY: "a machine's key was issued or revoked: `fields` has its id",
    Action.ACCOUNT: "a user or a group was changed: `fields` begins with its name",
    Action.SETTING: "the service started with another setting that weakens or strengthens it",
    Action.PRUNE: "old events were deleted",
}


def meanings() -> str:
    """A list in Markdown."""
    return "\n".join(f"- `{action}`: {meaning}." for action, meaning in MEANINGS.items())
