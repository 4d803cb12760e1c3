"""An operator's mistake with the database, told in one sentence and exit status 1 instead of a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django.db
from django.conf import settings

AWAY = "The database cannot be reached: see that it runs, and that DATABASE_URL names host, user, password and name."
LOCKED = "The database is locked by another process: stop that one, or try again."
NO_FOLDER = "The folder of the database file is missing: make it, or name another in DATABASE_URL."
A_FOLDER = "DATABASE_URL names a folder: name a file in it."
NO_RIGHT_TO_FILE = "The database file cannot be opened or written: give this user the right to it and to its folder."
NO_RIGHT = "The user of the database may not do this: grant the rights on its schema."
NOT_A_DATABASE = "The file that DATABASE_URL names is no SQLite database, or a damaged one: name another."
NOT_MIGRATED = "The database is not migrated: run `python manage.py migrate`."


@contextmanager
def one_sentence() -> Iterator[None]:
    """End the process where the database is not as it should be; what is no operator's mistake is raised."""
    try:
        yield
    except django.db.Error as error:
        sentence = mistake(error)
        if sentence is None or "--traceback" in sys.argv:
            raise
        sys.exit(sentence)


def mistake(error: BaseException) -> str | None:
    """The sentence for an error of a database; None when it may be a bug."""
    cause: Any = error
    while cause is not None:
        if own := own_refusal(cause):
            return own
        if hasattr(cause, "sqlite_errorname"):
            return in_sqlite(cause.sqlite_errorname, str(cause))
        if hasattr(cause, "sqlstate"):
            return in_postgresql(cause.sqlstate, connecting=isinstance(error, django.db.OperationalError))
        cause = cause.__cause__ or cause.__context__
    return None


def own_refusal(cause: Any) -> str | None:
    """What a trigger of ours says: how the trail is guarded."""
    if getattr(cause, "sqlite_errorname", None) == "SQLITE_CONSTRAINT_TRIGGER":
        return str(cause)
    if getattr(cause, "sqlstate", None) == "23000":
        return str(cause.diag.message_primary)
    return None


def in_sqlite(name: str, text: str) -> str | None:
    """By SQLite's own name of the error, of which the first two words are the kind."""
    match "_".join(name.split("_")[:2]):
        case "SQLITE_CANTOPEN":
            return why_it_cannot_be_opened()
        case "SQLITE_READONLY" | "SQLITE_PERM":
            return NO_RIGHT_TO_FILE
        case "SQLITE_NOTADB" | "SQLITE_CORRUPT":
            return NOT_A_DATABASE
        case "SQLITE_BUSY":
            return LOCKED
        case "SQLITE_ERROR" if text.startswith("no such table"):
            return NOT_MIGRATED
    return None


def why_it_cannot_be_opened() -> str:
    file = settings.DATABASES["default"]["NAME"]
    try:
        file.parent.stat()
        return A_FOLDER if file.is_dir() else NO_RIGHT_TO_FILE
    except (FileNotFoundError, NotADirectoryError):
        return NO_FOLDER
    except OSError:
        return NO_RIGHT_TO_FILE


def in_postgresql(state: str | None, *, connecting: bool) -> str | None:
    """By SQLSTATE, which there is none of while no server answers."""
    if state is None:
        return AWAY if connecting else None
    if state.startswith(("08", "28", "3D", "57P", "53300")):  # 53300: no connection is left
        return AWAY
    return {"42501": NO_RIGHT, "3F000": NO_RIGHT, "42P01": NOT_MIGRATED}.get(state)
