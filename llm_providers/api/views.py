from typing import Any, ClassVar, Never

from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from llm_providers import rotation, store
from llm_providers.access.permissions import ActionPermissions, caller_of, may_verify
from llm_providers.api.base import ContractView, expected_by, known_by
from llm_providers.api.serializers import (
    CONFIG,
    ChangeSerializer,
    StatusSerializer,
    answer,
    credentials_errors,
    sent_configuration,
)
from llm_providers.providers import PROVIDERS, get_provider
from llm_providers.verification import stored as verification
from llm_providers.web.author import author_of

CHANGE, STATUS = ChangeSerializer(), StatusSerializer()


class LLMProviderViewSet(ContractView, ViewSet):
    """The configurations, one for each provider."""

    permission_classes = (ActionPermissions,)
    permissions_by_action: ClassVar = {
        "list": "view_llmproviderconfig",
        "retrieve": "view_llmproviderconfig",
        "status": "view_llmproviderconfig",
        "create": "add_llmproviderconfig",
        "update": "change_llmproviderconfig",
        "partial_update": "change_llmproviderconfig",
        "destroy": "delete_llmproviderconfig",
    }
    query_parameters: ClassVar = {
        "list": ("enabled", "due"),
        "create": ("verify",),
        "update": ("verify", "previous"),
        "partial_update": ("verify", "previous"),
    }

    def check_permissions(self, request: Request) -> None:
        """``?verify=require`` needs the permission to verify beside the one to write."""
        super().check_permissions(request)
        if "verify" in request.query_params and not may_verify(request):
            raise exceptions.PermissionDenied

    def create(self, request: Request) -> Response:
        create = verification.create if must_verify(request) else store.create
        return answer(create(**sent_configuration(request), author=author_of(request)))

    def list(self, request: Request) -> Response:
        asked = {name: read_boolean(request, name) for name in ("enabled", "due") if name in request.query_params}
        stored = store.find_all()
        rotation.warn(stored)
        found = [each for each in stored if all(getattr(each, name) is asked[name] for name in asked)]
        by_provider = {config.provider: config for config in found}
        sees = caller_of(request).sees
        configs = [by_provider[slug] for slug in PROVIDERS.slugs() if slug in by_provider and sees(slug)]
        return Response({"providers": [CONFIG.to_representation(config) for config in configs]})

    def retrieve(self, request: Request, provider: str) -> Response:
        config = store.find(get_provider(provider).slug)
        known = known_by(request)
        # Whether it can be read depends on the keys as well, and the tag only on the row.
        if (config.etag in known or known == ["*"]) and config.readable:
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": config.etag})
        return answer(config)

    def update(self, request: Request, provider: str) -> Response:
        change = read_change(request, provider)
        return self.store_change(request, provider, change)

    def partial_update(self, request: Request, provider: str) -> Response:
        change = read_change(request, provider)
        if "credentials" in change:
            change["patch"] = change.pop("credentials")
        return self.store_change(request, provider, change)

    def destroy(self, request: Request, provider: str) -> Response:
        store.delete(get_provider(provider).slug, author=author_of(request), expected=expected_by(request))
        return Response({"provider": provider})

    def status(self, _request: Request, provider: str) -> Response:
        return Response(STATUS.to_representation(store.find(get_provider(provider).slug)))

    def store_change(self, request: Request, provider: str, change: dict[str, Any]) -> Response:
        expected, forget = expected_by(request), must_forget(request)
        update = verification.update if must_verify(request) else store.update
        with credentials_errors():
            return answer(update(provider, author=author_of(request), expected=expected, forget=forget, **change))


class UnknownPathView(ContractView):
    """Whatever else is asked for under /v1."""

    schema = None

    def initial(self, *_args: Any, **_kwargs: Any) -> Never:
        raise exceptions.NotFound


def read_change(request: Request, provider: str) -> dict[str, Any]:
    """What a PUT or PATCH says; raises UnknownProvider and ValidationError."""
    get_provider(provider)
    return CHANGE.accepted(request.data, provider=provider)


def must_verify(request: Request) -> bool:
    """Whether only what the provider accepts is to be saved."""
    return says(request, "verify", "require")


def must_forget(request: Request) -> bool:
    """Whether no previous credentials are to be kept."""
    return says(request, "previous", "forget")


def says(request: Request, name: str, word: str) -> bool:
    if name not in request.query_params:
        return False
    if request.query_params[name] != word:
        raise exceptions.ValidationError({name: [f"Send {word}, or leave it out."]})
    return True


def read_boolean(request: Request, name: str) -> bool:
    try:
        return {"true": True, "false": False}[request.query_params[name]]
    except KeyError:
        raise exceptions.ValidationError({name: ["Send true or false."]}) from None
