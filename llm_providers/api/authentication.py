"""Who is asking: access tokens, and the refresh tokens they are renewed with."""

import re
from typing import Any, Self, TypeVar

from django.db import IntegrityError, transaction
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed, InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.utils import datetime_from_epoch

TokenType = TypeVar("TokenType", bound=tokens.Token)

USER_ID = re.compile(r"[0-9]{1,18}")  # fits every database's integer key
JTI = re.compile(r"[0-9a-f]{32}")


class LoginFailed(AuthenticationFailed):
    sentence = "Wrong username or password, or the account is not active."


class RefreshTokenDead(AuthenticationFailed):
    sentence = "The refresh token is not valid, or was used or revoked. Log in again."


class RefreshToken(tokens.RefreshToken):
    """A refresh token that is used once, and whose text the database does not keep."""

    def check_blacklist(self) -> None:
        if not _matches(JTI, self.payload[api_settings.JTI_CLAIM]):
            raise TokenError  # before a database is asked for it
        super().check_blacklist()

    def outstand(self) -> OutstandingToken:
        outstanding, _created = OutstandingToken.objects.get_or_create(
            jti=self.payload[api_settings.JTI_CLAIM],
            defaults={
                "user_id": self.payload[api_settings.USER_ID_CLAIM],
                "created_at": self.current_time,
                "expires_at": datetime_from_epoch(self.payload["exp"]),
                "token": "",
            },
        )
        return outstanding

    def spend(self) -> None:
        """Make the token unusable; of simultaneous callers one succeeds, for others it is dead."""
        try:
            with transaction.atomic():
                _spent, created = BlacklistedToken.objects.get_or_create(token=self.outstand())
        except IntegrityError:  # the token's user is gone
            raise RefreshTokenDead from None
        if not created:
            raise RefreshTokenDead

    @classmethod
    def for_user(cls, user: Any) -> Self:
        token: Self = super(tokens.BlacklistMixin, cls).for_user(user)
        token.outstand()
        return token


def read_token(token_class: type[TokenType], text: str | bytes) -> TokenType:
    """Verify a token; raises InvalidToken, also for validly signed claims of odd types or sizes."""
    try:
        token = token_class(text)  # type: ignore[arg-type]
        user_id: Any = token[api_settings.USER_ID_CLAIM]
        jti: Any = token[api_settings.JTI_CLAIM]
    except (TokenError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        raise InvalidToken from None
    if not (_matches(USER_ID, user_id) and _matches(JTI, jti)):
        raise InvalidToken
    return token


def _matches(pattern: re.Pattern[str], claim: Any) -> bool:
    return isinstance(claim, str) and pattern.fullmatch(claim) is not None


class BearerAuthentication(JWTAuthentication):
    """``Authorization: Bearer <access token>``, of a user who exists and is active now."""

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"

    def get_validated_token(self, raw_token: bytes) -> tokens.Token:
        return read_token(tokens.AccessToken, raw_token)
