"""Starts the real SDKs in the environment of each way in, and prints where each went, and with whose credentials.

Run by `make test-sdks`. What it installs is locked beside it, and goes to a directory that is deleted.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import call_command

from refactor_site.env_file import fresh_environment
from tests.clients.locked import install
from tests.live import MANAGE
from tests.sdks.answers import answer
from tests.sdks.cases import EMAIL, Case, cases
from tests.sdks.internet import Arrival, Internet
from tests.sdks.seen import Seen, seen
from tests.verification.certificates import Authority
from tests.verification.https_server import Received

EXEC = (*MANAGE, "exec_with_credentials", "--")
HERE = Path(__file__).parent
TIMEOUT = 120  # seconds for one client
TAIL = 12  # lines of output that are shown when a client fails
# Of another account, or of the one before. What is a switch is on, what is a place is elsewhere.
STALE = {
    r".*_URL|.*_HOST|.*_BASE": "https://stale.example/v1",
    r".*_USE_.*": "true",
    r".*_HEADERS": "Authorization: Bearer stale",
    r"GOOGLE_APPLICATION_CREDENTIALS": "/nonexistent/stale.json",
    r".*": "stale",
}


def stale(names: list[str]) -> dict[str, str]:
    return {name: next(value for shape, value in STALE.items() if re.fullmatch(shape, name)) for name in names}


class Trial(NamedTuple):
    """What went wrong in an environment that is ours alone, and in one inherited with stale names, of which
    ``exec_with_credentials`` freed it; and what arrived in the first.
    """

    alone: str
    beside: str
    arrived: list[Seen]


class Trials:
    """Runs clients out of what is installed in a directory."""

    def __init__(self, directory: Path, installation: Mapping[str, str]) -> None:
        self.directory = directory
        self.installation = installation
        self.authority = Authority(directory)
        self.key = rsa.generate_private_key(65537, 2048)
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        named = {"project_id": "file-project", "private_key_id": "our-key-id", "client_email": EMAIL}
        self.service_account = {"type": "service_account", "private_key": pem, "client_id": "1", **named}
        self.key_file = directory / "key_file.json"

    def environment(self, case: Case) -> tuple[dict[str, str], list[str]]:
        from llm_providers.environment import environment_of
        from llm_providers.providers import get_provider

        def write_file(text: str) -> str:
            self.key_file.write_text(text, encoding="utf-8")
            return str(self.key_file)

        return environment_of(get_provider(case.provider), case.credentials, write_file if case.files else None)

    def store(self, written: Mapping[str, str]) -> None:
        """Import what is written, into a store that holds nothing else."""
        from llm_providers import transfer
        from llm_providers.management.shell_user import shell_author
        from llm_providers.models import LLMProviderConfig

        LLMProviderConfig.objects.all().delete()
        transfer.plan(written, lambda path: Path(path).read_text(), replace=False, every=True).apply(shell_author())

    def ask(
        self, case: Case, client: str, environment: Mapping[str, str], by: tuple[str, ...] = ()
    ) -> tuple[list[Seen], str]:
        """What arrived, and the end of what the client complained about; ``by`` is the command that runs it."""
        program = ["node", "ask.mjs"] if client.startswith("@") else ["venv/bin/python", "ask.py"]
        executable = shutil.which(program[0]) or str(self.directory / program[0])
        alone = {"HOME": str(self.directory / "home"), "LITELLM_LOCAL_MODEL_COST_MAP": "true"}
        with Internet(self.authority, answer) as internet:
            done = subprocess.run(
                [*by, executable, program[1], client],
                cwd=self.directory,
                env={**alone, **environment, **internet.environment},
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=False,
            )
            told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"host"')]
            arrivals = internet.arrivals + [Arrival(each.pop("host"), Received(**each, body=b"")) for each in told]
        complaint = "\n".join(done.stderr.splitlines()[-TAIL:]) if done.returncode else ""
        return [seen(each, case.credentials, self.key.public_key()) for each in arrivals], complaint


def difference(wanted: list[Seen], got: tuple[list[Seen], str]) -> str:
    """What went otherwise; empty when nothing did."""
    if got == (wanted, ""):
        return ""
    told = [f"    {sign} {line} {proof}" for sign, rows in (("-", wanted), ("+", got[0])) for line, proof in rows]
    return "\n".join([*told, got[1]]).rstrip()


def trial(trials: Trials, case: Case, client: str, written: dict[str, str], unset: list[str]) -> Trial:
    wanted = case.clients[client]
    inherited = stale([*unset, *written])
    arrived = trials.ask(case, client, written)
    if case.files:
        beside = trials.ask(case, client, {**trials.installation, **inherited}, by=EXEC)
    else:  # as one does that fetches them over HTTP
        beside = trials.ask(case, client, {name: inherited[name] for name in written} | written)
    return Trial(difference(wanted, arrived), difference(wanted, beside), arrived[0])


def led_astray(trials: Trials, case: Case, written: dict[str, str], unset: list[str]) -> str:
    """The first of the clients that do not arrive when nobody removes the stale names; empty when all do."""
    left = stale(unset) | written
    return next(
        (client for client, wanted in case.clients.items() if difference(wanted, trials.ask(case, client, left))), ""
    )


def package(client: str) -> str:
    return client.removesuffix("/edge") if client.startswith("@") else client.split(maxsplit=1)[0]


def compare(trials: Trials, case: Case, arrived: list[Seen]) -> int:
    """Print how our probes stand to the official SDK, the first of the case's clients."""
    from tests.sdks.probes import asked, judge

    told, wrong = judge(case.provider, asked(case.provider, case.credentials, trials.key.public_key()), arrived)
    for line, how in told:
        print(f"{'':36} probe: {line}: {how}")
    print("".join(f"{case.name:36} FAILS: {each}\n" for each in wrong), end="")
    return len(wrong)


def run(directory: Path, installation: Mapping[str, str]) -> int:
    versions = install(HERE, directory)
    (directory / "home").mkdir()
    trials = Trials(directory, installation)
    failed = 0
    print(f"{'':71} alone    by exec")
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for case in cases(trials.service_account):
            written, unset = trials.environment(case)
            trials.store(written)
            results = list(pool.map(lambda client: trial(trials, case, client, written, unset), case.clients))  # noqa: B023
            for client, (alone, beside, _arrived) in zip(case.clients, results, strict=True):
                failed += bool(alone or beside)
                words = ["FAILS" if wrong else "arrives" for wrong in (alone, beside)]
                named = f"{client} {versions[package(client)]}"
                print(f"{case.name:36} {named:34} {words[0]:8} {words[1]}")
                print("".join(f"{wrong}\n" for wrong in (alone, beside) if wrong), end="", flush=True)
            for client, why in case.left_out.items():
                print(f"{case.name:36} {client} left out: {why}")
            if unset:
                astray = led_astray(trials, case, written, unset)
                failed += not astray
                harm = f"{astray} goes astray" if astray else "FAILS to do harm"
                print(f"{case.name:36} with the stale names left: {harm}")
            if case.files:
                failed += compare(trials, case, results[0].arrived)
    return failed


def main() -> int:
    missing = [program for program in ("node", "npm") if not shutil.which(program)]
    if missing:
        print(f"Not tried: there is no {', '.join(missing)}.")
        return 1
    with tempfile.TemporaryDirectory(prefix="sdks-") as temporary:
        directory = Path(temporary)
        installation = {
            **fresh_environment(),
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "refactor_site.settings",
            "DATABASE_URL": f"sqlite:///{directory}/sdks.sqlite3",
        }
        os.environ |= installation
        django.setup()
        call_command("migrate", verbosity=0)
        return 1 if run(directory, installation) else 0


if __name__ == "__main__":
    sys.exit(main())
