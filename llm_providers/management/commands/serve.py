import errno
import os
import socket
import sys
from argparse import ArgumentParser
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from llm_providers import delivery
from llm_providers.management.shell_user import shell_author
from llm_providers.management.welcome import welcome
from llm_providers.observability import logs
from llm_providers.observability.exporter import directory_to_count_in

WORKERS = range(1, 33)
SERVER_LOG = Path(logs.__file__).with_name("server_log.json")  # how granian logs JSON
SERVER = settings.BASE_DIR / "refactor_site" / "server.py"
CONNECTIONS = 2048  # that one worker keeps open; a request that has not arrived whole costs no more than its bytes
KILL_TIMEOUT = 3  # seconds; now and then a worker misses the signal to stop


class Command(BaseCommand):
    help = "Migrates, creates a first user when there is none, and serves."
    requires_system_checks = []  # `make lint` runs them; here they would only delay the start

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="an IP address of this machine; HOST unless told")
        parser.add_argument(
            "--workers",
            type=int,
            choices=WORKERS,
            default=settings.WORKERS,
            metavar="N",
            help=f"processes, {WORKERS[0]} to {WORKERS[-1]}; WORKERS unless told",
        )
        parser.add_argument(
            "--no-migrate",
            dest="migrate",
            action="store_false",
            help="only serve: where several servers share a database, one command migrates it before they start",
        )

    def handle(self, *args: Any, host: str, workers: int, migrate: bool, **options: Any) -> None:
        refuse_a_place_that_cannot_be_had(host)
        if settings.METRICS_PORT and (trouble := trouble_with_metrics()):
            self.stderr.write(trouble)
        listening = f"http://{in_url(host)}:{settings.PORT}"
        if migrate:
            call_command("migrate", interactive=False, verbosity=0)
        delivery.tell_of_switch(shell_author())
        if migrate:
            welcome(self.stdout, listening)
        else:
            self.stdout.write(f"Serving on {listening}")
        self.stdout.flush()
        become_the_server(host, workers)


def in_url(host: str) -> str:
    """As a browser on this machine asks for it."""
    address = ip_address(host)
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"  # noqa: PLR2004
    return f"[{host}]" if address.version == 6 else host  # noqa: PLR2004


def refuse_a_place_that_cannot_be_had(host: str) -> None:
    try:
        take(host, settings.PORT)
    except ValueError:
        raise CommandError(
            "--host takes an IP address of this machine: 127.0.0.1, or 0.0.0.0 for all of them."
        ) from None
    except OSError as error:
        raise CommandError(why_not(error)) from None


def trouble_with_metrics() -> str:
    """Why nobody can ask for them for now, which is no reason not to serve; nothing where all is well."""
    try:
        take(settings.METRICS_HOST, settings.METRICS_PORT)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {settings.METRICS_PORT} is in use: the metrics wait until it is free. For another service on "
                "this machine choose another METRICS_PORT, or 0 for none."
            )
        return "The metrics cannot be had: METRICS_HOST and METRICS_PORT are no address that this user may have."
    return ""


def take(host: str, port: int) -> None:
    """Take a place for a moment; raise OSError where that cannot be, ValueError where the host is no IP address."""
    family = {4: socket.AF_INET, 6: socket.AF_INET6}[ip_address(host).version]
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def why_not(error: OSError) -> str:
    port = settings.PORT
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} is in use: stop what listens there, or choose another, as in PORT=8001 make run."
        case errno.EACCES:
            return f"Port {port} may not be listened on by this user: choose one above 1023."
    return "HOST is no address of this machine: choose 127.0.0.1, or 0.0.0.0 for all that it has."


def become_the_server(host: str, workers: int) -> None:
    """Replace this process by granian, so that signals reach it directly."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of both backends; nothing that waits for the exit happens
    os.environ["WORKERS"] = str(workers)  # noqa: TID251  (for the settings of those who share the connections)
    if settings.METRICS_PORT:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory_to_count_in()  # noqa: TID251  (for those who count in it)
    os.execv(  # noqa: S606  (no shell is wanted)
        sys.executable,
        [
            *(sys.executable, "-P", str(SERVER), "--interface", "asginl", "refactor_site.asgi:application"),
            *("--working-dir", str(settings.BASE_DIR), "--host", host, "--port", str(settings.PORT)),
            *("--workers", str(workers), "--backpressure", str(CONNECTIONS), "--loop", "asyncio"),
            *("--http", "1", "--no-ws", "--http1-header-read-timeout", "10000"),  # milliseconds
            *("--workers-kill-timeout", str(KILL_TIMEOUT), "--respawn-failed-workers", "--log-level", "error"),
            *(("--log-config", str(SERVER_LOG)) if settings.LOG_FORMAT == "json" else ()),
        ],
    )
