"""Who asks, and may they: one statement, asked anew for each request.

Django takes three, and builds them each time: more than half of a read. What is written here means what
``has_perm`` of its ModelBackend means; tests hold one to the other, and a system check asks that it is in use.
"""

from dataclasses import dataclass
from typing import ClassVar

from django.db import connection
from rest_framework_simplejwt.exceptions import AuthenticationFailed
from rest_framework_simplejwt.utils import get_md5_hash_password

from llm_providers.access.tokens import read_access_token
from llm_providers.models import Consumer

APP = "llm_providers"

ACTIVE_USER = """
SELECT asking.username, asking.password, asking.is_superuser OR EXISTS (
    SELECT 1
    FROM (
        SELECT direct.permission_id FROM auth_user_user_permissions AS direct
        WHERE direct.user_id = asking.id
        UNION ALL
        SELECT granted.permission_id FROM auth_user_groups AS member
        JOIN auth_group_permissions AS granted ON granted.group_id = member.group_id
        WHERE member.user_id = asking.id
    ) AS held
    JOIN auth_permission AS needed ON needed.id = held.permission_id
    JOIN django_content_type AS kind ON kind.id = needed.content_type_id
    WHERE needed.codename = %s AND kind.app_label = %s
)
FROM auth_user AS asking
WHERE asking.id = %s AND asking.is_active
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is who they say, and whether they hold the permission that was asked for.

    ``providers`` are those they are limited to, None for all; ``proof`` is what the trail says of how a machine
    proved who it is. No user name holds a colon, so a machine is known by its name.
    """

    name: str
    permitted: bool
    providers: frozenset[str] | None = None
    proof: tuple[str, ...] = ()
    is_authenticated: ClassVar = True

    def get_username(self) -> str:
        return self.name

    @property
    def consumer(self) -> tuple[Consumer.Kind, str]:
        """How they are known by who fetched which credentials."""
        kind, colon, machine = self.name.partition(":")
        return (Consumer.Kind(kind), machine) if colon else (Consumer.Kind.USER, self.name)

    def sees(self, provider: str) -> bool:
        """Whether this provider exists for them."""
        return self.providers is None or provider in self.providers


def caller(token: bytes, permission: str | None) -> Caller:
    """The active user to whom this access token was issued, permitted too when no permission is needed.

    Raises InvalidToken and AuthenticationFailed. A changed password ends the tokens issued before it.
    """
    claims = read_access_token(token)
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE_USER, [permission or "", APP, claims.user_id])
        row = cursor.fetchone()
    if row is None:
        raise AuthenticationFailed
    name, password, permitted = row
    if get_md5_hash_password(password) != claims.password_hash:
        raise AuthenticationFailed
    return Caller(name, permission is None or bool(permitted))
