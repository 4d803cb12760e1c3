"""granian, with our code imported before it forks its workers: they share it, and start at once.

No more than that is done before: connections and threads belong to each worker. prometheus_client notices the fork, and
opens files of its own. Run as a file, from whichever directory, by ``python -P``.
"""

import gc
import multiprocessing
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import django
from django.conf import settings
from granian.cli import entrypoint

BASE = Path(__file__).resolve().parent.parent


def import_ours() -> None:
    """All of it: a worker that is begun anew while a newer version is put in place is wholly of the version before."""
    for module in walk_packages([str(BASE / "llm_providers")], "llm_providers."):
        if ".migrations" not in module.name:
            import_module(module.name)
    import_module(settings.ROOT_URLCONF)


if __name__ == "__main__":
    sys.path.insert(0, str(BASE))
    django.setup()
    import_ours()
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # Python 3.14 would choose another one, and nothing would be shared
    gc.freeze()  # so that no worker's collector writes to the pages that all share
    entrypoint()  # type: ignore[no-untyped-call]
