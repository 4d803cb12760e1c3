"""The series: each part starts from an empty store, so that one that changes does not shift the others."""

import logging
from typing import TextIO

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402

from bench.recorded import (  # noqa: E402
    admin_forms,
    admin_pages,
    bodies,
    conditions,
    credentials,
    failures,
    headers,
    paths,
    permissions,
    public,
    tokens,
    trail,
)
from bench.recorded.people import make_people  # noqa: E402
from bench.recorded.recorder import Recorder  # noqa: E402
from tests.trail import unguarded  # noqa: E402

PARTS = [
    public,
    permissions,
    credentials,
    bodies,
    conditions,
    headers,
    paths,
    trail,
    tokens,
    failures,
    admin_pages,
    admin_forms,
]
KEPT = ("auth", "contenttypes")


def record(out: TextIO) -> int:
    """Write the answers; return how many there are."""
    logging.disable(logging.CRITICAL)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0)
    if User.objects.exists():
        raise SystemExit("The database holds users already. Name an empty one.")
    make_people()
    recorder = Recorder(out)
    for part in PARTS:
        clear()
        part.record(recorder)
    return recorder.count


def clear() -> None:
    """Empty the tables but for users, groups and permissions, and number their rows from 1 again."""
    configurations = [apps.get_app_config(label) for label in KEPT]
    models = [model for config in configurations for model in config.get_models(include_auto_created=True)]
    kept = {model._meta.db_table for model in models}
    tables = [table for table in connection.introspection.django_table_names() if table not in kept]
    with connection.cursor() as cursor, unguarded(cursor, connection.vendor):
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables, reset_sequences=True))
    close_old_connections()
