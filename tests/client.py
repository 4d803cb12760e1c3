"""The API as a test asks it: JSON in, JSON out, with one user's token."""

import json
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken


class API:
    def __init__(self, token: str | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a JSON value, or bytes as they are."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method, path, data, content_type="application/json", headers={**self.headers, **headers}
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.request("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.request("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.request("PUT", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.request("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.request("DELETE", path, **headers)


def api_for(user: User) -> API:
    return API(str(AccessToken.for_user(user)))


def member_of(group: str) -> User:
    user = User.objects.create_user(group.replace(" ", "-"))
    user.groups.add(Group.objects.get(name=group))
    return user


def holder_of(*codenames: str) -> User:
    user = User.objects.create_user("-".join(codenames))
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user
