from typing import Any

from django.contrib.auth import get_user_model
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class ActionPermissions(BasePermission):
    """Django model permissions, one for each action: ``permissions_by_action`` of the view.

    An action the view does not name needs no permission but a login: the method is refused
    later with a 405.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        needed = view.permissions_by_action.get(view.action)
        return needed is None or request.user.has_perm(f"llm_providers.{needed}")


def may_verify(request: Request) -> bool:
    """Whether who asks holds the permission to verify, which some requests need beside their own."""
    users = get_user_model().objects.filter(pk=str(request.user.pk))
    return any(user.has_perm("llm_providers.verify_llmproviderconfig") for user in users)
