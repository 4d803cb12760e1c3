"""Who is asking: access tokens, and the refresh tokens they are renewed with."""

import re
import time
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple, Self, TypeVar
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework_simplejwt import tokens
from rest_framework_simplejwt.exceptions import AuthenticationFailed, ExpiredTokenError, InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.utils import datetime_from_epoch

TokenType = TypeVar("TokenType", bound=tokens.Token)

USER_ID = re.compile(r"[0-9]{1,18}")  # fits every database's integer key
JTI = re.compile(r"[0-9a-f]{32}")
LOGIN_CLAIM = "login"  # the same in every refresh token that descends from one login; of the form of a jti
RETRY_TIME = timedelta(seconds=30)  # a client that missed the answer may ask again


class LoginFailed(AuthenticationFailed):
    sentence = "Wrong username or password, or the account is not active."


class Expired(InvalidToken):
    sentence = "The access token has expired. Exchange a refresh token for a new one, or log in again."


class RefreshTokenDead(AuthenticationFailed):
    sentence = "The refresh token is not valid, or was used or revoked. Log in again."


class RefreshTokenExpired(RefreshTokenDead):
    sentence = "The refresh token has expired. Log in again."


class SpentTokenUsed(Exception):
    """A refresh token was used long after it was spent: two hold a copy of it."""

    def __init__(self, token: "RefreshToken", username: str) -> None:
        self.token = token
        self.username = username


class RefreshToken(tokens.RefreshToken):
    """A refresh token that is used once, and whose text the database does not keep.

    An ended login is on the blacklist like a token, under its own id: whatever descends from it,
    also what is being issued at this moment, finds it there when it is used.
    """

    no_copy_claims = (*tokens.RefreshToken.no_copy_claims, LOGIN_CLAIM)  # type: ignore[assignment]

    def check_blacklist(self) -> None:
        jti, login = self.payload[api_settings.JTI_CLAIM], self.payload[LOGIN_CLAIM]
        if not (_matches(JTI, jti) and _matches(JTI, login)):
            raise TokenError  # before a database is asked for them
        found = BlacklistedToken.objects.filter(token__jti__in=[jti, login]).select_related("token__user")
        blacklisted = {entry.token.jti: entry for entry in found}
        if login not in blacklisted and jti in blacklisted:
            spent = blacklisted[jti]
            if spent.token.user and timezone.now() - spent.blacklisted_at > RETRY_TIME:
                raise SpentTokenUsed(self, spent.token.user.get_username())
        if blacklisted:
            raise TokenError

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

    def username(self) -> str:
        """Whose it is; empty when the user is gone."""
        user = self.outstand().user
        return user.get_username() if user else ""

    def spend(self) -> None:
        """Make the token unusable; of simultaneous callers one succeeds, for others it is dead."""
        try:
            with transaction.atomic():
                _spent, created = BlacklistedToken.objects.get_or_create(token=self.outstand())
        except IntegrityError:  # the token's user is gone
            raise RefreshTokenDead from None
        if not created:
            raise RefreshTokenDead

    def end_login(self) -> bool:
        """Make unusable what descends from the same login; of simultaneous callers one is told True."""
        ended, _created = OutstandingToken.objects.get_or_create(
            jti=self.payload[LOGIN_CLAIM],
            # The youngest descendant may be about to be issued: it expires before this entry does.
            defaults={"expires_at": timezone.now() + 2 * self.lifetime, "token": ""},
        )
        _entry, created = BlacklistedToken.objects.get_or_create(token=ended)
        return created

    @classmethod
    def for_user(cls, user: Any, login: str | None = None) -> Self:
        """A token of a new login, or one more of a login."""
        token: Self = super(tokens.BlacklistMixin, cls).for_user(user)
        token[LOGIN_CLAIM] = login or uuid4().hex
        token.outstand()
        return token


def read_token(token_class: type[TokenType], text: str | bytes) -> TokenType:
    """Verify a token; raises Expired, or InvalidToken, also for validly signed claims of odd types or sizes."""
    try:
        token = token_class(text)  # type: ignore[arg-type]
        user_id: Any = token[api_settings.USER_ID_CLAIM]
        jti: Any = token[api_settings.JTI_CLAIM]
    except ExpiredTokenError:  # its signature was right
        raise Expired from None
    except (TokenError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError):
        raise InvalidToken from None
    if not (_matches(USER_ID, user_id) and _matches(JTI, jti)):
        raise InvalidToken
    return token


def _matches(pattern: re.Pattern[str], claim: Any) -> bool:
    return isinstance(claim, str) and pattern.fullmatch(claim) is not None


class Claims(NamedTuple):
    """What a verified access token says."""

    user_id: int
    password_hash: str | None
    expires_at: int  # seconds since the epoch


def read_access_token(text: bytes) -> Claims:
    """Verify an access token; raises InvalidToken.

    Of the tokens that were good it is remembered that they were signed, which stays true. That they expire, and
    what became of their user, is asked each time.
    """
    claims = _signed_claims(text)
    if claims.expires_at <= time.time():
        raise Expired
    return claims


@lru_cache(maxsize=1024)
def _signed_claims(text: bytes) -> Claims:
    token = read_token(tokens.AccessToken, text)
    user_id: str = token[api_settings.USER_ID_CLAIM]
    return Claims(int(user_id), token.get(api_settings.REVOKE_TOKEN_CLAIM), int(token["exp"]))
