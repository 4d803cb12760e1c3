"""What DATABASE_URL says, as Django's setting."""

from typing import Any
from urllib.parse import urlsplit

import environ

from refactor_site.environment import BASE_DIR

POOL_OPTIONS = {
    "timeout": 10,  # seconds a request waits for a connection
}
SQLITE_OPTIONS = {
    # Seen with eight writing processes: the defaults lose writes to "database is locked", these none.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds
}
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 15_000,  # milliseconds
    "keepalives_idle": 30,  # seconds; a kept connection whose server vanished without a word is noticed
    # What is asked again and again is planned once for each connection: of a read's time that was the larger part.
    "server_side_binding": True,
    "prepare_threshold": 5,
}
POSTGRESQL_TIMEOUTS = "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"


def database(url: str) -> dict[str, Any]:
    """Turn `sqlite:///file` or `postgres://user:password@host/name?sslmode=require` into Django's setting.

    A relative file is one beside manage.py. A database in memory is refused: each process would see its own.
    """
    address = urlsplit(url)
    file = address.scheme == "sqlite" and not address.netloc
    if not file and address.scheme not in ("postgres", "postgresql"):
        raise ValueError
    config: dict[str, Any] = environ.Env.db_url_config(url)
    options = config.pop("OPTIONS", {})
    if config["NAME"] in ("", ":memory:"):
        raise ValueError
    always = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}  # the pool keeps connections, and looks at them
    if file:
        options |= SQLITE_OPTIONS
        return (
            config | always | {"ENGINE": "refactor_site.sqlite", "NAME": BASE_DIR / config["NAME"], "OPTIONS": options}
        )
    # Of two values for a server setting PostgreSQL takes the last: the time-outs stay, whatever the address adds.
    server_settings = " ".join(filter(None, [options.get("options"), POSTGRESQL_TIMEOUTS]))
    options = POSTGRESQL_OPTIONS | options | {"options": server_settings}
    return config | always | {"ENGINE": "refactor_site.postgresql", "OPTIONS": options}
