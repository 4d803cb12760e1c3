"""granian, with Django set up before it forks its workers: they share what was imported, and start at once.

No more than that is done before: connections, threads and what counts belong to each worker.
"""

import gc

import django
from granian.cli import entrypoint

if __name__ == "__main__":
    django.setup()
    gc.freeze()  # so that no worker's collector writes to the pages that all share
    entrypoint()
