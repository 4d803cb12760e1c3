from typing import Any, ClassVar, Never

from django.contrib.auth import authenticate, user_logged_in
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet
from rest_framework_simplejwt.exceptions import InvalidToken

from llm_providers import store
from llm_providers.api.authentication import (
    BearerAuthentication,
    LoginFailed,
    RefreshToken,
    RefreshTokenDead,
    read_token,
)
from llm_providers.api.permissions import ActionPermissions
from llm_providers.api.serializers import (
    LLMProviderConfigSerializer,
    RefreshSerializer,
    TokenRequestSerializer,
)
from llm_providers.lockout import seconds_left
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS, get_provider


class ContractView(APIView):
    """What every route under /v1 has in common.

    401 and 403 are decided before anything else is looked at, content negotiation included.
    A query parameter the action does not know is refused: a mistyped filter would silently
    not filter.
    """

    format_kwarg = None
    # No OPTIONS: the OpenAPI document describes the routes.
    http_method_names = ("get", "head", "post", "put", "patch", "delete")
    query_parameters: ClassVar[dict[str, tuple[str, ...]]] = {}

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:
        self.perform_authentication(request)
        self.check_permissions(request)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        known = self.query_parameters.get(getattr(self, "action", None) or "", ())
        if set(request.query_params) - set(known):
            accepted = f"Accepted here: {', '.join(known)}." if known else "None is accepted here."
            raise exceptions.ValidationError({"query": [f"Unknown query parameter. {accepted}"]})

    def get_authenticate_header(self, _request: Request) -> str:
        return "Bearer"


class LLMProviderViewSet(ContractView, ViewSet):
    """The configurations, one for each provider."""

    permission_classes = (ActionPermissions,)
    permissions_by_action: ClassVar = {
        "list": "view_llmproviderconfig",
        "retrieve": "view_llmproviderconfig",
        "create": "add_llmproviderconfig",
    }
    query_parameters: ClassVar = {"list": ("enabled",)}

    def create(self, request: Request) -> Response:
        serializer = LLMProviderConfigSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        config = store.create(**serializer.validated_data, author=author_of(request))
        return Response(LLMProviderConfigSerializer(config).data)

    def list(self, request: Request) -> Response:
        stored = LLMProviderConfig.objects.all()
        if "enabled" in request.query_params:
            stored = stored.filter(enabled=read_boolean(request, "enabled"))
        by_provider = {config.provider: config for config in stored}
        configs = [by_provider[slug] for slug in PROVIDERS.slugs() if slug in by_provider]
        return Response({"providers": LLMProviderConfigSerializer(configs, many=True).data})

    def retrieve(self, _request: Request, provider: str) -> Response:
        return Response(LLMProviderConfigSerializer(find(provider)).data)


class NotConfigured(exceptions.NotFound):
    def __init__(self, provider: str) -> None:
        super().__init__()
        self.sentence = f"No configuration found for provider: {provider}"


def find(provider: str) -> LLMProviderConfig:
    """The stored configuration; raises UnknownProvider or NotConfigured."""
    get_provider(provider)
    try:
        return LLMProviderConfig.objects.get(provider=provider)
    except LLMProviderConfig.DoesNotExist:
        raise NotConfigured(provider) from None


def read_boolean(request: Request, name: str) -> bool:
    try:
        return {"true": True, "false": False}[request.query_params[name]]
    except KeyError:
        raise exceptions.ValidationError({name: ["Send true or false."]}) from None


def author_of(request: Request) -> store.Author:
    return store.Author.of_request(request._request, request.user.get_username(), AuditEvent.Source.API)


class TokenView(ContractView):
    """Base of the routes that take no access token because they are the way to one."""

    authentication_classes = ()
    permission_classes = ()


class TokenObtainView(TokenView):
    def post(self, request: Request) -> Response:
        serializer = TokenRequestSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = authenticate(request._request, **serializer.validated_data)
        if user is None:
            if getattr(request._request, "axes_locked_out", False):
                raise exceptions.Throttled(wait=seconds_left(request._request))
            raise LoginFailed
        user_logged_in.send(type(user), request=request._request, user=user)  # ends the count of failures
        return Response(token_pair(RefreshToken.for_user(user)))


class TokenRefreshView(TokenView):
    def post(self, request: Request) -> Response:
        token = read_refresh_token(request)
        try:
            user = BearerAuthentication().get_user(token)
        except exceptions.AuthenticationFailed:
            raise RefreshTokenDead from None
        token.spend()
        return Response(token_pair(RefreshToken.for_user(user)))


class TokenRevokeView(TokenView):
    def post(self, request: Request) -> Response:
        read_refresh_token(request).spend()
        return Response({})


def read_refresh_token(request: Request) -> RefreshToken:
    serializer = RefreshSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    try:
        return read_token(RefreshToken, serializer.validated_data["refresh"])
    except InvalidToken:
        raise RefreshTokenDead from None


def token_pair(refresh: RefreshToken) -> dict[str, str]:
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


class UnknownPathView(TokenView):
    """Whatever else is asked for under /v1."""

    schema = None

    def initial(self, *_args: Any, **_kwargs: Any) -> Never:
        raise exceptions.NotFound
