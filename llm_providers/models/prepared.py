"""Queries that Django compiles once: for one row, building and compiling the query takes most of its time.

The only place that goes behind Django's query sets. What comes of it is what the query set gives; tests compare them.
"""

from typing import Any, Generic, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


class Prepared(Generic[Row]):
    """A query set whose parameters change: those it is made with stand for others of their type, in their order."""

    def __init__(self, queryset: models.QuerySet[Row]) -> None:
        self.queryset = queryset
        self.compiled: dict[str, tuple[str, list[Any], list[str]]] = {}

    def rows(self, *parameters: Any) -> list[Row]:
        """The instances, as they come from the database now."""
        query = self.queryset.query
        compiler = query.get_compiler(connection=connection)
        if connection.vendor not in self.compiled:
            compiler = query.clone().get_compiler(connection=connection)
            sql, _stand_ins = compiler.as_sql()
            columns = [column for column, *_alias in compiler.select]
            self.compiled[connection.vendor] = sql, columns, [column.target.attname for column in columns]
        sql, columns, names = self.compiled[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            found = cursor.fetchall()
        converted = compiler.apply_converters(found, compiler.get_converters(columns))
        from_db = self.queryset.model.from_db
        return [from_db(connection.alias, names, row) for row in converted]
