"""What a process finds around it: its settings, its file of keys, its database."""

import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from llm_providers import key_ring
from llm_providers.diagnosis.finding import Finding, State

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "[::1]"}


def in_clear() -> bool:
    """Whether other machines are let in, without TLS."""
    return not settings.HTTPS and not set(settings.ALLOWED_HOSTS) <= LOOPBACK_HOSTS


def env_file() -> Iterator[Finding]:
    path: Path = settings.ENV_FILE
    if not path.is_file():
        yield Finding.fine(".env", "None is read: the settings are in the environment.")
    elif stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(
            State.FAULT, ".env", f"Others may read or write {path}, which holds the keys.", f"chmod 600 {path}"
        )
    else:
        yield Finding.fine(".env", "Only its owner may read it.")


def system_checks() -> Iterator[Finding]:
    for check in checks.run_checks():
        state = State.FAULT if check.level >= checks.ERROR else State.WARNING
        yield Finding(state, check.id or "check", check.msg, check.hint or "See manage.py check.")
    if in_clear():
        message = "HTTPS is off, and other machines are let in: passwords and tokens pass in clear."
        yield Finding.warning("https", message, "Put a proxy with TLS in front and set HTTPS=true.")


def ring() -> Finding:
    first, *others = key_ring.key_ring().fingerprints
    also = f"; {', '.join(others)} only open{'' if len(others) > 1 else 's'}" if others else ""
    return Finding.fine("key ring", f"{first} seals and opens{also}.")


def database() -> Iterator[Finding]:
    connection.ensure_connection()
    wanted = WANTED[connection.vendor]
    found = {setting: asked(statement) for setting, (statement, _bad, _remedy) in wanted.items()}
    bad = {setting for setting, (_statement, bad_values, _remedy) in wanted.items() if found[setting] in bad_values}
    for setting in sorted(bad):
        yield Finding.warning("database", f"{setting} is {found[setting]}.", wanted[setting][2])
    if connection.vendor == "sqlite":
        yield from sqlite_file(Path(connection.settings_dict["NAME"]))
    if not bad:
        yield Finding.fine("database", f"{connection.display_name}, with the settings it needs.")


def asked(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return str(row[0]).lower() if row else ""


LOST_WRITES = "A change that was answered may be lost in a power failure: set it to on for this database."
NO_TIMEOUT = "A pooler seems to drop the options of the connection: set it for the role in the server."
# Statement, the answers that are bad, and what to do: of each setting that has to be right.
WANTED = {
    "sqlite": {
        "journal_mode": (
            "PRAGMA journal_mode",
            {"delete", "truncate", "persist", "memory", "off"},
            "Keep the file on a local file system: without a write-ahead log writers lose changes.",
        ),
        "synchronous": ("PRAGMA synchronous", {"0", "1"}, LOST_WRITES),
    },
    "postgresql": {
        "synchronous_commit": ("SHOW synchronous_commit", {"off"}, LOST_WRITES),
        "statement_timeout": ("SHOW statement_timeout", {"0"}, NO_TIMEOUT),
        "lock_timeout": ("SHOW lock_timeout", {"0"}, NO_TIMEOUT),
    },
}


def sqlite_file(path: Path) -> Iterator[Finding]:
    if path.is_file() and stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"Others may read or write {path}, which holds password hashes and the trail."
        yield Finding.warning("database", message, f"chmod 600 {path}*")


def pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
