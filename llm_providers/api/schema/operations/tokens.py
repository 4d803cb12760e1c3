"""Logging in."""

from llm_providers.api.schema.operation import TOKENS, Operation

OPERATIONS = {
    "POST /v1/token": Operation(
        name="createToken",
        summary="Log in for an access token and a refresh token",
        tag=TOKENS,
        takes="TokenRequest",
        answer="TokenPair",
        errors=(401, 429),
        public=True,
        description="Takes a user name and a password. An access token is short-lived; the refresh token renews it. "
        "Too many failed attempts lock the login for a while: 429 with Retry-After.",
    ),
    "POST /v1/token/refresh": Operation(
        name="refreshToken",
        summary="Exchange a refresh token for a new pair",
        tag=TOKENS,
        takes="RefreshRequest",
        answer="TokenPair",
        errors=(401,),
        public=True,
        description="The refresh token that is sent cannot be used again.",
    ),
    "POST /v1/token/revoke": Operation(
        name="revokeToken",
        summary="Revoke a refresh token",
        tag=TOKENS,
        takes="RefreshRequest",
        answer="Nothing",
        errors=(401,),
        public=True,
        description="The refresh token is dead from then on. Access tokens run out by themselves.",
    ),
}
