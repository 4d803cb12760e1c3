#!/usr/bin/env python
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from refactor_site.pools import close_pools_at_exit


def main() -> None:
    os.umask(0o077)  # a database or dump that a command writes is its owner's
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refactor_site.settings")
    try:
        import refactor_site.settings  # noqa: F401, PLC0415  (a missing key is one sentence, not a traceback)
    except ImproperlyConfigured as error:
        sys.exit(f"Refusing to start: {error}")
    from refactor_site.refusals import one_sentence  # noqa: PLC0415

    close_pools_at_exit()
    with one_sentence():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
