from typing import Any, ClassVar

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView


class ContractView(APIView):
    """What every route under /v1 has in common.

    401 and 403 are decided before anything else is looked at, content negotiation included.
    A query parameter the action does not know, or finds twice, is refused: a mistyped filter
    would silently not filter.
    """

    format_kwarg = None
    # No OPTIONS: the OpenAPI document describes the routes.
    http_method_names: tuple[str, ...] = ("get", "head", "post", "put", "patch", "delete")
    query_parameters: ClassVar[dict[str, tuple[str, ...]]] = {}

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:
        self.perform_authentication(request)
        self.check_permissions(request)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        known = self.query_parameters.get(getattr(self, "action", None) or "", ())
        if set(request.query_params) - set(known):
            accepted = f"Accepted here: {', '.join(known)}." if known else "None is accepted here."
            raise exceptions.ValidationError({"query": [f"Unknown query parameter. {accepted}"]})
        if any(len(values) > 1 for _name, values in request.query_params.lists()):
            raise exceptions.ValidationError({"query": ["Send each query parameter once."]})

    def get_authenticate_header(self, _request: Request) -> str:
        return "Bearer"
