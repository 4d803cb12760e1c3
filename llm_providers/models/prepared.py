"""Queries that Django compiles once: for one row, building and compiling the query takes most of its time.

The only place that goes behind Django's query sets. What comes of it is what the query set gives; tests compare them.
"""

from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

Row = TypeVar("Row", bound=models.Model)


class Compiled(NamedTuple):
    sql: str
    compiler: Any
    converters: dict[int, Any]
    names: list[str]


class Prepared(Generic[Row]):
    """A query set whose parameters change: those it is made with stand for others of their type, in their order."""

    def __init__(self, queryset: models.QuerySet[Row]) -> None:
        self.queryset = queryset

    def rows(self, *parameters: Any) -> list[Row]:
        """The instances, as they come from the database now."""
        connection = connections[DEFAULT_DB_ALIAS]
        # With the connection, because its converters belong to it; it belongs to a thread, and ends with it.
        prepared: dict[Prepared[Row], Compiled] = vars(connection).setdefault("prepared", {})
        sql, compiler, converters, names = prepared.get(self) or prepared.setdefault(self, self.compile(connection))
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            found = cursor.fetchall()
        from_db = self.queryset.model.from_db
        return [from_db(connection.alias, names, row) for row in compiler.apply_converters(found, converters)]

    def compile(self, connection: Any) -> Compiled:
        compiler = self.queryset.query.clone().get_compiler(connection=connection)
        sql, _stand_ins = compiler.as_sql()
        columns = [column for column, *_alias in compiler.select]
        return Compiled(sql, compiler, compiler.get_converters(columns), [each.target.attname for each in columns])
