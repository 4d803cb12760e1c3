"""Django's SQLite backend, with connections that are kept by the process instead of opened for each request."""

import os
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, cast
from weakref import WeakSet

from django.db.backends.sqlite3 import base

from refactor_site.sqlite.pool import Connection, Pool
from refactor_site.sqlite.schema import SchemaEditor
from refactor_site.sqlite.turn import Turn

_pools: dict[str, Pool] = {}  # by the name of the file
_looking = Lock()
_inherited: list[dict[str, Pool]] = []


class Cursor(base.SQLiteCursorWrapper):
    """Puts SQLite's ``?`` for Django's ``%s`` once into each statement, where Django searches it each time."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None:
            return with_question_marks(query)
        return super().convert_query(query, param_names=param_names)


@lru_cache(maxsize=512)
def with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes ``OPTIONS["pool"]``, a dictionary with the ``max_size`` and ``timeout`` of PostgreSQL's.

    A database in memory belongs to its connection and is left to Django.
    """

    SchemaEditorClass = SchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lender: Pool | None = None
        self._cursors: WeakSet[Any] = WeakSet()
        self._turn: Turn | None = None

    @property
    def pool(self) -> Pool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if not options or self.is_in_memory_db():
            return None
        name = str(self.settings_dict["NAME"])
        with _looking:
            if name not in _pools:
                _pools[name] = Pool(Path(name), options["max_size"], options["timeout"])
            return _pools[name]

    def close_pool(self) -> None:
        if pool := _pools.pop(str(self.settings_dict["NAME"]), None):
            pool.close()

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.pop("pool", None)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connect = super().get_new_connection
        self._lender = self.pool
        if self._lender is None:
            return connect(conn_params)
        return self._lender.take(lambda: cast(Connection, connect({**conn_params, "factory": Connection})))

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        self._cursors.add(cursor)
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        if self._lender is not None:
            with self.wrap_database_errors:
                self._lender.turn.take(self._lender.timeout)
            self._turn = self._lender.turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give_back()

    def _close(self) -> None:
        if self._lender is None or self.connection is None:
            super()._close()  # type: ignore[misc]
            return
        connection, self.connection = self.connection, None  # also inside `atomic`: it is another thread's from now on
        # A statement that was not read to its end holds the state it reads; its next reader would see that one.
        cursors, self._cursors = self._cursors, WeakSet()
        with self.wrap_database_errors:
            try:
                self._lender.give_back(connection, cursors, keep=not self.errors_occurred)
            finally:
                self._end_turn()


def _forget_after_fork() -> None:
    """SQLite forbids a child even to close what its parent opened."""
    for pool in _pools.values():
        pool.turn.close()  # the parent's own stays; here it would outlive the parent
    _inherited.append(_pools.copy())
    _pools.clear()
    _looking.release()


os.register_at_fork(before=_looking.acquire, after_in_parent=_looking.release, after_in_child=_forget_after_fork)
