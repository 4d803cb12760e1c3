from collections.abc import Container
from functools import cache
from typing import Any, ClassVar

from django.utils.http import parse_etags
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from llm_providers import store
from llm_providers.access.callers import Caller
from llm_providers.access.permissions import needed_for
from llm_providers.providers import PROVIDERS
from llm_providers.web import access_log


class Renderer(JSONRenderer):
    """rest_framework's, with one encoder for all answers that are to be as short as can be."""

    encoder = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None or accepted_media_type != self.media_type:
            return super().render(data, accepted_media_type, renderer_context)
        return self.encoder.encode(data).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


JSON = Renderer()
NEGOTIATION = DefaultContentNegotiation()
WITH_BODY = ("POST", "PUT", "PATCH")
ANY_OR_JSON = ("*/*", JSON.media_type)  # what nearly everybody sends; anything else is negotiated


@cache
def made(classes: tuple[type, ...]) -> list[Any]:
    """One of each. None of them keeps anything of a request, so one serves all."""
    return [each() for each in classes]


@cache
def allowed(view: type[APIView], actions: tuple[str, ...]) -> list[str]:
    """The methods a view takes: those it has, and those that its route binds to actions."""
    return [name.upper() for name in view.http_method_names if name in actions or hasattr(view, name)]


def known_by(request: Request) -> list[str]:
    """The entity tags that If-None-Match names, each as a strong one."""
    return [tag.removeprefix("W/") for tag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))]


def expected_by(request: Request) -> Container[str] | None:
    """The states If-Match allows the change to start from; None without that header.

    A weak tag never matches (RFC 9110, 13.1.1).
    """
    if "HTTP_IF_MATCH" not in request.META:
        return None
    tags = parse_etags(request.META["HTTP_IF_MATCH"])
    return store.ANY if tags == ["*"] else tags


class ProviderOutOfReach(exceptions.PermissionDenied):
    sentence = "This machine is limited to other providers. Name one of its own, or ask an administrator for this one."


class ContractView(APIView):
    """What every route under /v1 has in common.

    401 and 403 are decided before anything else is looked at, content negotiation included; whether the provider is
    one of those a machine is limited to, directly after them.
    A query parameter the action does not know, or finds twice, is refused: a mistyped filter
    would silently not filter.
    """

    format_kwarg = None
    # No OPTIONS: the OpenAPI document describes the routes.
    http_method_names: tuple[str, ...] = ("get", "head", "post", "put", "patch", "delete")
    query_parameters: ClassVar[dict[str, tuple[str, ...]]] = {}
    permissions_by_action: ClassVar[dict[str, str]] = {}

    def initial(self, request: Request, *_args: Any, **kwargs: Any) -> None:
        if kwargs.get("provider") in PROVIDERS:
            access_log.about(kwargs["provider"])
        self.perform_authentication(request)
        self.check_permissions(request)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.keep_to_limit(request, kwargs.get("provider"))
        if not request.META.get("QUERY_STRING"):
            return
        known = self.query_parameters.get(getattr(self, "action", None) or "", ())
        if set(request.query_params) - set(known):
            accepted = f"Accepted here: {', '.join(known)}." if known else "None is accepted here."
            raise exceptions.ValidationError({"query": [f"Unknown query parameter. {accepted}"]})
        if any(len(values) > 1 for _name, values in request.query_params.lists()):
            raise exceptions.ValidationError({"query": ["Send each query parameter once."]})

    def keep_to_limit(self, request: Request, provider: str | None) -> None:
        """To a machine that is limited to others, the provider of the path is as if it were not configured.

        Raises NotConfigured; ProviderOutOfReach where it is the body that names such a one. What answers with several
        providers, or with their events, asks ``sees`` of the caller itself.
        """
        caller: object = request.user
        if not isinstance(caller, Caller) or caller.providers is None or needed_for(self) is None:
            return
        if provider is not None and provider in PROVIDERS and not caller.sees(provider):
            raise store.NotConfigured(provider)
        if request.method not in WITH_BODY:
            return
        _raw, body = request.body, request.data  # in this order both can be read again
        named: Any = body.get("provider") if isinstance(body, dict) else None
        if named in PROVIDERS and not caller.sees(named):
            raise ProviderOutOfReach

    def get_authenticate_header(self, _request: Request) -> str:
        return "Bearer"

    # What rest_framework makes for each request is made once.

    def get_authenticators(self) -> list[Any]:
        return made(tuple(self.authentication_classes))

    def get_permissions(self) -> list[Any]:
        return made(tuple(self.permission_classes))

    def get_parsers(self) -> list[Any]:
        return made(tuple(self.parser_classes))

    def get_content_negotiator(self) -> DefaultContentNegotiation:
        return NEGOTIATION

    def get_renderers(self) -> list[Any]:
        return [JSON]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        if request.META.get("HTTP_ACCEPT", "*/*") in ANY_OR_JSON:
            return JSON, JSON.media_type
        return super().perform_content_negotiation(request, force)

    @property
    def allowed_methods(self) -> list[str]:
        actions: dict[str, str] | None = getattr(self, "action_map", None)
        return allowed(type(self), tuple(actions or ()))  # type: ignore[arg-type]  # mypy takes a class for one of its own
