from django.contrib.auth import authenticate, user_logged_in
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken

from llm_providers.access.tokens import (
    LOGIN_CLAIM,
    Expired,
    LoginFailed,
    RefreshToken,
    RefreshTokenDead,
    RefreshTokenExpired,
    SpentTokenUsed,
    read_token,
)
from llm_providers.api.base import ContractView
from llm_providers.audit import record
from llm_providers.models import AuditEvent
from llm_providers.strict.fields import Text
from llm_providers.strict.serializer import StrictSerializer
from llm_providers.web.author import author_of


class TokenRequestSerializer(StrictSerializer):
    username = Text(max_length=150, help_text="The user's name")
    password = Text(
        max_length=4096,
        trim_whitespace=False,
        write_only=True,
        style={"input_type": "password"},
        help_text="The user's password",
    )


class RefreshSerializer(StrictSerializer):
    refresh = Text(max_length=4096, help_text="A refresh token.")


TOKEN_REQUEST, REFRESH = TokenRequestSerializer(), RefreshSerializer()


class TokenView(ContractView):
    """Base of the routes that take no access token because they are the way to one."""

    authentication_classes = ()
    permission_classes = ()


class TokenObtainView(TokenView):
    def post(self, request: Request) -> Response:
        user = authenticate(request._request, **TOKEN_REQUEST.accepted(request.data))
        if user is None:
            raise LoginFailed
        with transaction.atomic():
            user_logged_in.send(type(user), request=request._request, user=user)  # Django notes when
            record(AuditEvent.Action.LOGIN, author_of(request, user.get_username()))
            return Response(token_pair(RefreshToken.for_user(user)))


class TokenRefreshView(TokenView):
    def post(self, request: Request) -> Response:
        token = read_refresh_token(request)
        try:
            user = JWTAuthentication().get_user(token)
        except exceptions.AuthenticationFailed:
            raise RefreshTokenDead from None
        token.spend()
        return Response(token_pair(RefreshToken.for_user(user, token[LOGIN_CLAIM])))


class TokenRevokeView(TokenView):
    def post(self, request: Request) -> Response:
        token = read_refresh_token(request)
        try:
            with transaction.atomic():
                token.spend()
                record(AuditEvent.Action.TOKEN_REVOKED, author_of(request, token.username()))
        except (IntegrityError, ObjectDoesNotExist):  # the token's user is gone; the database may say so at the end
            raise RefreshTokenDead from None
        return Response({})


def read_refresh_token(request: Request) -> RefreshToken:
    refresh = REFRESH.accepted(request.data)["refresh"]
    try:
        return read_token(RefreshToken, refresh)
    except Expired:
        raise RefreshTokenExpired from None
    except InvalidToken:
        raise RefreshTokenDead from None
    except SpentTokenUsed as use:
        end_login(request, use)
        raise RefreshTokenDead from None


def end_login(request: Request, use: SpentTokenUsed) -> None:
    with transaction.atomic():
        if use.token.end_login():
            author = author_of(request, use.username)
            record(AuditEvent.Action.TOKEN_REUSED, author)


def token_pair(refresh: RefreshToken) -> dict[str, str]:
    return {"access": str(refresh.access_token), "refresh": str(refresh)}
