"""Who takes part: how each is started, with as many processes and threads as `serve` gives to granian."""

import sys

from bench.server import Command, as_served

WORKERS, THREADS = 2, 48  # of each worker


def granian(*application: str) -> Command:
    return lambda port: [
        *(sys.executable, "-m", "granian", *application),
        *("--host", "127.0.0.1", "--port", str(port), "--http", "1", "--no-ws", "--http1-header-read-timeout", "10000"),
        *("--workers", str(WORKERS), "--backpressure", "2048", "--workers-kill-timeout", "3"),
        *("--log-level", "error"),
    ]


def waitress(port: int) -> list[str]:
    return [sys.executable, "-m", "bench.servers.waitress_workers", *map(str, (port, WORKERS, THREADS))]


def gunicorn(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "refactor_site.wsgi:application", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
        *("--worker-connections", "4096", "--keep-alive", "10", "--log-level", "error"),
    ]


def uvicorn(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "uvicorn", "bench.servers.asgi:application", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", str(WORKERS), "--lifespan", "off", "--no-access-log"),
        *("--log-level", "error", "--timeout-graceful-shutdown", "10", "--no-proxy-headers"),
    ]


CONTENDERS: dict[str, Command] = {
    "granian, as serve starts it": as_served,
    "granian, WSGI": granian(
        *("--interface", "wsgi", "refactor_site.wsgi:application", "--blocking-threads", str(THREADS))
    ),
    "waitress": waitress,
    "gunicorn, gthread": gunicorn,
    "uvicorn, a2wsgi": uvicorn,
}
