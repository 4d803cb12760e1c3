import logging
from functools import partial
from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from llm_providers.access.bearers import bearer
from llm_providers.access.callers import Caller
from llm_providers.access.machines import MachineRefused
from llm_providers.observability import metrics
from llm_providers.web.client_address import client_address

logger = logging.getLogger(__name__)


def needed_for(view: Any) -> str | None:
    """The permission of the view's action; None for one that the view does not name."""
    needed: str | None = view.permissions_by_action.get(getattr(view, "action", None))
    return needed


def caller_of(request: Request) -> Caller:
    """Who makes this request; nobody gets to the views behind ``ActionPermissions`` unrecognised."""
    found: object = request.user
    if not isinstance(found, Caller):
        raise NotAuthenticated
    return found


class BearerAuthentication(JWTAuthentication):
    """``Authorization: Bearer <access token, machine key or workload token>``.

    The permission the view needs is asked for with it.
    """

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[Caller, bytes] | None:  # type: ignore[override]
        header = self.get_header(request)
        token = self.get_raw_token(header) if header else None
        if token is None:
            return None
        try:
            return recognised(request, token, needed_for(request.parser_context["view"])), token
        except MachineRefused as refused:
            address = client_address(request) or "-"
            metrics.refused_machines.labels(refused.kind).inc()
            logger.warning("%s: %s, address=%s", type(refused).__name__, refused.reason, address)
            raise


def recognised(request: Request, token: bytes, permission: str | None) -> Caller:
    return bearer(token, permission, partial(client_address, request))


class ActionPermissions(BasePermission):
    """Django model permissions, one for each action: ``permissions_by_action`` of the view.

    An action the view does not name needs no permission but a login: the method is refused
    later with a 405.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        user: object = request.user
        return isinstance(user, Caller) and user.permitted


def may_verify(request: Request) -> bool:
    """Whether who asks holds the permission to verify, which some requests need beside their own."""
    token: Any = request.auth
    return recognised(request, token, "verify_llmproviderconfig").permitted
