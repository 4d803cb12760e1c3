"""Record what the service answers to a fixed series of requests, to compare two commits byte for byte.

    python bench/answers.py OUT.jsonl [--database URL]
    git switch ...
    python bench/answers.py OTHER.jsonl
    diff OUT.jsonl OTHER.jsonl

Each line holds a request's label and the status, headers and body of its answer. What differs by nature, such as
moments and tokens, is replaced (recorded/placeholders.py): two runs of one commit write the same file. The database is
a fresh SQLite file unless another is named, which must be empty; the keys are fixed, and neither .env nor the settings
of the caller take part. Nothing is imported from the service but what outlives a move: its settings, its WSGI
application, its models by name, and the declared providers.
"""

import argparse
import hashlib
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # not this folder: a script in it has the name of a library
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "refactor_site.settings",
    "ENV_FILE": os.devnull,
    "HTTPS": "true",
    **{
        name: hashlib.sha256(name.encode()).hexdigest()
        for name in ("DJANGO_SECRET_KEY", "JWT_SIGNING_KEY", "FERNET_KEYS")
    },
}
OF_THE_CALLER = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "VIRTUAL_ENV")


def main() -> None:
    parser = argparse.ArgumentParser(description="Record the service's answers.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--database", help="an empty database; a fresh SQLite file unless given")
    arguments = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":  # pages of the admin's theme show the order of sets
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    with tempfile.TemporaryDirectory(prefix="answers-") as directory:
        os.environ |= {name: "" for name in os.environ if name not in OF_THE_CALLER}
        os.environ |= SETTINGS | {"DATABASE_URL": arguments.database or f"sqlite:///{directory}/answers.sqlite3"}
        from bench.recorded.series import record  # noqa: PLC0415  (once the settings are there)

        with arguments.out.open("w", encoding="utf-8") as out:
            count = record(out)
    print(f"{count} answers in {arguments.out}")


if __name__ == "__main__":
    main()
