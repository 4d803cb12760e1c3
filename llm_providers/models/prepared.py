"""Statements that are written once: for one row, building and compiling them takes most of their time.

The only place that goes behind Django's query sets and ``save``. What they give and store is what these do; tests
compare them.
"""

from datetime import datetime
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

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
        names, found = self.found(parameters)
        from_db = self.queryset.model.from_db
        return [from_db(DEFAULT_DB_ALIAS, names, row) for row in found]

    def dictionaries(self, *parameters: Any) -> list[dict[str, Any]]:
        """The same as plain dictionaries."""
        names, found = self.found(parameters)
        return [dict(zip(names, row, strict=True)) for row in found]

    def found(self, parameters: tuple[Any, ...]) -> tuple[list[str], list[Any]]:
        connection = connections[DEFAULT_DB_ALIAS]
        # With the connection, because its converters belong to it; it belongs to a thread, and ends with it.
        prepared: WeakKeyDictionary[Prepared[Row], Compiled]
        prepared = vars(connection).setdefault("prepared", WeakKeyDictionary())
        sql, compiler, converters, names = prepared.get(self) or prepared.setdefault(self, self.compile(connection))
        moment = connection.ops.adapt_datetimefield_value
        values = [moment(each) if isinstance(each, datetime) else each for each in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchall()
        return names, list(compiler.apply_converters(found, converters))

    def compile(self, connection: Any) -> Compiled:
        compiler = self.queryset.query.clone().get_compiler(connection=connection)
        sql, _stand_ins = compiler.as_sql()
        columns = [column for column, *_alias in compiler.select]
        return Compiled(sql, compiler, compiler.get_converters(columns), [each.target.attname for each in columns])


def insert(row: models.Model, names: tuple[str, ...], ending: str = "", raw: bool = False) -> tuple[Any, ...] | None:
    """Insert these columns of an instance; ``ending`` is added to the statement, and gives the row that is returned."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields = fields_of(type(row), names)
    values = [
        field.get_db_prep_save(getattr(row, field.attname) if raw else field.pre_save(row, add=True), connection)
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(insert_into(type(row), names, ending), values)
        returned: tuple[Any, ...] | None = cursor.fetchone() if ending else None
    return returned


def update(row: models.Model, names: tuple[str, ...]) -> None:
    """Store these columns of an instance that is in the database, and locked."""
    connection = connections[DEFAULT_DB_ALIAS]
    fields = fields_of(type(row), names)
    values = [field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(update_of(type(row), names), [*values, row.pk])


@cache
def fields_of(model: type[models.Model], names: tuple[str, ...]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


@cache
def insert_into(model: type[models.Model], names: tuple[str, ...], ending: str) -> str:
    columns = ", ".join(quoted(field.column) for field in fields_of(model, names))
    places = ", ".join(["%s"] * len(names))
    return " ".join(("INSERT INTO", quoted(model._meta.db_table), f"({columns}) VALUES ({places})", ending))


@cache
def update_of(model: type[models.Model], names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{quoted(field.column)} = %s" for field in fields_of(model, names))
    return " ".join(("UPDATE", quoted(model._meta.db_table), "SET", changes, "WHERE id = %s"))


def quoted(name: str) -> str:
    return f'"{name}"'
