"""What is taken from a user is refused on the next request, whichever worker answers it, and whoever else reads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.live import LiveServer
from tests.processes import worker_of, workers_of

LIST = "/v1/llm-providers"
READERS = 8
ROUNDS = [2, pytest.param(50, marks=pytest.mark.torture)]

PEOPLE = """
from django.contrib.auth.models import Group, Permission, User
from rest_framework_simplejwt.tokens import AccessToken
view = Permission.objects.get(codename="view_llmproviderconfig")
for name in NAMES:
    user, _created = User.objects.get_or_create(username=name, is_superuser=name in ("superuser", "reader"))
    if not user.is_superuser:
        group, _created = Group.objects.get_or_create(name=f"group of {name}")
        group.permissions.set([view])
        user.groups.set([group])
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=timedelta(hours=1))
    print(name, user.pk, token)
"""

MEMBERSHIP = "FROM auth_user_groups WHERE user_id = {user}"
GRANT = "FROM auth_group_permissions WHERE group_id = (SELECT id FROM auth_group WHERE name = 'group of {name}')"

# What is taken away: the rows that go, or what is written, and the status from then on.
REVOCATIONS: dict[str, tuple[str, int]] = {
    "group": (f"DELETE {MEMBERSHIP}", 403),
    "permission": (f"DELETE {GRANT}", 403),
    "activity": ("UPDATE auth_user SET is_active = false WHERE id = {user}", 401),
    "account": (f"DELETE {MEMBERSHIP}; DELETE FROM auth_user WHERE id = {{user}}", 401),
    "password": ("UPDATE auth_user SET password = 'another' WHERE id = {user}", 401),
    "superuser": ("UPDATE auth_user SET is_superuser = false WHERE id = {user}", 403),
}
TABLES = {
    "auth_user": "FROM auth_user WHERE id = {user}",
    "auth_user_groups": MEMBERSHIP,
    "auth_group_permissions": GRANT,
}


class Person:
    def __init__(self, server: LiveServer, name: str, user: str, token: str) -> None:
        self.server = server
        self.names = {"name": name, "user": user}
        self.token = token
        self.rows = {table: server.query(f"SELECT * {rows.format(**self.names)}") for table, rows in TABLES.items()}

    def revoke(self, statements: str) -> None:
        self.write([(statement.format(**self.names), ()) for statement in statements.split("; ")])

    def restore(self) -> None:
        """Put every row back as it was."""
        place = "?" if self.server.database_path else "%s"
        gone = [(f"DELETE {TABLES[table].format(**self.names)}", ()) for table in reversed(TABLES)]
        back = [
            (f"INSERT INTO {table} VALUES ({', '.join([place] * len(row))})", row)
            for table, rows in self.rows.items()
            for row in rows
        ]
        self.write([*gone, *back])

    def write(self, statements: list[tuple[str, Any]]) -> None:
        connection = self.server.connect()
        try:
            for statement, values in statements:
                connection.execute(statement, values)
            connection.commit()
        finally:
            connection.close()


def ask(connection: HTTPConnection, token: str) -> int:
    connection.request("GET", LIST, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


@contextmanager
def one_connection_to_each_worker(server: LiveServer, count: int = 2) -> Iterator[list[HTTPConnection]]:
    workers = workers_of(server)
    opened: list[HTTPConnection] = []
    found: dict[int, HTTPConnection] = {}
    try:
        while len(found) < count and len(opened) < 100:
            opened.append(HTTPConnection("127.0.0.1", server.port, timeout=60))
            opened[-1].connect()
            assert ask(opened[-1], "nobody's") == 401
            found.setdefault(worker_of(opened[-1], workers), opened[-1])
        yield list(found.values())
    finally:
        for connection in opened:
            connection.close()


@contextmanager
def reading(server: LiveServer, token: str) -> Iterator[set[int]]:
    """Clients that read meanwhile; what they were answered."""
    seen: set[int] = set()
    over = threading.Event()

    def read() -> None:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        while not over.is_set():
            seen.add(ask(connection, token))
        connection.close()

    readers = [threading.Thread(target=read) for _reader in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        yield seen
    finally:
        over.set()
        for reader in readers:
            reader.join()


@pytest.fixture(scope="module")
def people(server: LiveServer) -> dict[str, Person]:
    names = [*REVOCATIONS, "reader"]
    script = f"from datetime import timedelta\nNAMES = {names!r}\n{PEOPLE}"
    printed = server.manage("shell", "--no-imports", "-c", script).split()
    return {name: Person(server, name, *printed[3 * i + 1 : 3 * i + 3]) for i, name in enumerate(names)}


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("what", REVOCATIONS)
def test_what_is_taken_away_is_refused_on_the_next_request(
    server: LiveServer, people: dict[str, Person], what: str, rounds: int
) -> None:
    person = people[what]
    statements, refused = REVOCATIONS[what]
    with (
        one_connection_to_each_worker(server) as connections,
        reading(server, people["reader"].token) as seen,
    ):
        sockets = [connection.sock for connection in connections]
        assert len(sockets) == 2
        for _round in range(rounds):
            before = [ask(connection, person.token) for connection in connections]
            person.revoke(statements)
            after = [ask(connection, person.token) for connection in connections]
            person.restore()
            assert (before, after) == ([200, 200], [refused, refused])
        assert [connection.sock for connection in connections] == sockets  # to the same workers all the time
    assert seen == {200}
