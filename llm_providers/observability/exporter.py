"""The metrics, served on a port of their own: never on the one that the world reaches."""

import os
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from llm_providers.observability.stored import Stored

PREFIX = f"llm-providers-metrics-{os.getuid()}-"
PAUSE = 1  # seconds until another try to have the port


def directory_to_count_in() -> str:
    """Make a directory for the counts of this process and its children; remove those of processes that are gone."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = left.name.removeprefix(PREFIX).partition("-")[0]
        if not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")


def registry() -> CollectorRegistry:
    everything = CollectorRegistry()
    MultiProcessCollector(everything)  # type: ignore[no-untyped-call]
    everything.register(Stored())
    return everything


def export(host: str, port: int) -> None:
    """Serve what all processes counted; of several, the first to have the port, and another one when that ends."""
    threading.Thread(target=_export, args=(host, port), name="metrics", daemon=True).start()


def _export(host: str, port: int) -> None:
    while True:
        with suppress(OSError):
            start_http_server(port, host, registry())
            return
        time.sleep(PAUSE)
