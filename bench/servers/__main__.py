"""Servers for our application, tried: what holds them up, what they believe, how they stop, what they cost.

    python -m bench.servers [CONTENDER ...]

The others are installed as they are locked beside this file, into a directory that is deleted. All of it is on
loopback and a SQLite file, without a proxy, though one is declared: the servers stand alone.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

from bench.server import Server
from bench.servers.contenders import CONTENDERS, THREADS
from bench.servers.trials import Trials
from refactor_site.env_file import fresh_environment
from tests.live import MANAGE

HERE = Path(__file__).parent
OPENAI = "OPENAI_API_KEY=sk-your-api-key"
TRIALS = ("underscore", "broken_chunks", "rates", "memory", "stalled_bodies", "idle_connections", "stop_under_load")


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="servers-") as temporary:
        directory = Path(temporary)
        os.environ |= {
            **fresh_environment(),
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "refactor_site.settings",
            "DATABASE_URL": f"sqlite:///{directory}/servers.sqlite3",
            "HTTPS": "false",
            "TRUSTED_PROXY_COUNT": "1",
            "METRICS_PORT": "0",
            "LOGIN_FAILURE_LIMIT_PER_ADDRESS": "1000",
            "THREADS": str(THREADS),
            "PYTHONPATH": os.pathsep.join([str(install(directory)), str(HERE.parent.parent)]),
        }
        token = prepare(directory)
        for name in names or CONTENDERS:
            load = os.getloadavg()[0]
            trials = Trials(Server(CONTENDERS[name]), token)
            print(f"{name}: ready in {trials.server.seconds_to_first_answer:.1f} s; the machine's load is {load:.0f}")
            try:
                for trial in TRIALS:
                    print(f"  {trial:17} {getattr(trials, trial)()}", flush=True)
            finally:
                trials.server.stop()


def install(directory: Path) -> Path:
    """Return where the packages are: our own interpreter takes them from there."""
    venv.create(directory / "venv", with_pip=True)
    pip = [str(directory / "venv/bin/pip"), "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "-r", HERE / "requirements.txt"], check=True)
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(directory / "venv")}))


def prepare(directory: Path) -> str:
    """Return the token of an administrator; one configuration is stored."""
    (directory / "openai.env").write_text(OPENAI)
    manage("migrate", "--verbosity", "0")
    os.environ["DJANGO_SUPERUSER_PASSWORD"] = "throw-away-2718"
    manage("createsuperuser", "--no-input", "--username", "admin", "--email", "admin@example.com")
    manage("import_credentials", "--env-file", str(directory / "openai.env"))
    return manage("issue_token", "admin").strip()


def manage(*arguments: str) -> str:
    return subprocess.run([*MANAGE, *arguments], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1:])
