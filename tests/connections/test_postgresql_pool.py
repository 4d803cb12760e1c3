import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import environ
import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

ALIAS = "small"  # Django keeps its pools by alias


@pytest.fixture
def handler(django_db_blocker: DjangoDbBlocker) -> Iterator[ConnectionHandler]:
    address = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    if not address["ENGINE"].endswith("postgresql"):
        pytest.skip("the pool is PostgreSQL's")
    options = address.pop("OPTIONS", {})
    pool = {"min_size": 0, "max_size": 1, "timeout": 0.5}
    handler = ConnectionHandler({"default": {}, ALIAS: {**address, "OPTIONS": {**options, "pool": pool}}})
    with django_db_blocker.unblock():
        yield handler
        handler[ALIAS].close_pool()  # type: ignore[attr-defined]


def test_who_waits_too_long_is_told_as_of_a_database_that_is_away(handler: ConnectionHandler) -> None:
    first: Any = handler.create_connection(ALIAS)
    second: Any = handler.create_connection(ALIAS)
    with closing(first), closing(second):
        first.ensure_connection()
        with pytest.raises(OperationalError, match="couldn't get a connection"):
            second.ensure_connection()
        first.close()
        second.ensure_connection()
