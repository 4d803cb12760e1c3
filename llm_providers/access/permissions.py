from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from llm_providers.access.callers import Caller, caller


def needed_for(view: Any) -> str | None:
    """The permission of the view's action; None for one that the view does not name."""
    needed: str | None = view.permissions_by_action.get(view.action)
    return needed


class BearerAuthentication(JWTAuthentication):
    """``Authorization: Bearer <access token>``; the permission the view needs is asked for with it."""

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[Caller, bytes] | None:  # type: ignore[override]
        header = self.get_header(request)
        token = self.get_raw_token(header) if header else None
        if token is None:
            return None
        return caller(token, needed_for(request.parser_context["view"])), token


class ActionPermissions(BasePermission):
    """Django model permissions, one for each action: ``permissions_by_action`` of the view.

    An action the view does not name needs no permission but a login: the method is refused
    later with a 405.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        user: object = request.user
        return isinstance(user, Caller) and user.permitted
