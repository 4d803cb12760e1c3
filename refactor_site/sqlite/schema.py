from typing import Any

from django.db.backends.sqlite3.schema import DatabaseSchemaEditor

LAST = "SELECT seq FROM sqlite_sequence WHERE name = %s"
AT_LEAST = "UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s"


class SchemaEditor(DatabaseSchemaEditor):
    """Keeps the last key a table has given, where Django makes the table anew to change a column.

    Otherwise it begins again after the last row that is left, and a key is given a second time: to another
    configuration, which what was said of the first one would then be taken for.
    """

    def _remake_table(self, model: Any, *args: Any, **kwargs: Any) -> None:
        table = model._meta.db_table  # noqa: SLF001  (Django's documented API)
        with self.connection.cursor() as cursor:
            cursor.execute(LAST, [table])
            last = cursor.fetchone()
            super()._remake_table(model, *args, **kwargs)  # type: ignore[misc]
            if last is not None:
                cursor.execute(AT_LEAST, [*last, table])
