"""granian, with Django set up before it forks its workers: they share what was imported, and start at once.

No more than that is done before: connections and threads belong to each worker. prometheus_client notices the fork, and
opens files of its own. Run as a file, from whichever directory, by ``python -P``.
"""

import gc
import multiprocessing
import sys
from pathlib import Path

import django
from granian.cli import entrypoint

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    django.setup()
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # Python 3.14 would choose another one, and nothing would be shared
    gc.freeze()  # so that no worker's collector writes to the pages that all share
    entrypoint()  # type: ignore[no-untyped-call]
