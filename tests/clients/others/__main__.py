"""Generates the clients that `make test` leaves out, lets each ask the running server, and prints how it went.

Run by `make test-clients`. What it installs is locked beside it, and goes to a directory that is deleted.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from refactor_site.env_file import fresh_environment
from tests.clients.locked import install
from tests.live import ROOT, LiveServer

HERE = Path(__file__).parent
OPENAPI_YAML = ROOT / "openapi.yaml"
TIMEOUT = 300  # seconds for one command
TAIL = 40  # lines of output that are shown when a trial fails
BIN = "node_modules/.bin"
COMPILE = f"{BIN}/tsc --strict --esModuleInterop --skipLibCheck --target es2022 --module commonjs --outDir built"
GENERATE = "java -jar $JAR generate >/dev/null -i $DOCUMENT"
JAVAC = "javac -nowarn -cp $JAR -d built $(find java generated/java/src/main -name '*.java')"
JAVA_OPTIONS = "--library native --additional-properties=openApiNullable=false,hideGenerationTimestamp=true"

# By generator: the package that names its version, and what generates, compiles and runs a client of it.
TRIALS = {
    "@hey-api/openapi-ts": (
        "@hey-api/openapi-ts",
        f"{BIN}/openapi-ts --silent -i $DOCUMENT -o generated/hey-api && {COMPILE} hey_api.ts && node built/hey_api.js",
    ),
    "orval": ("orval", f"{BIN}/orval --config orval.config.cjs && {COMPILE} orval.ts && node built/orval.js"),
    "openapi-generator typescript-axios": (
        "openapi-generator-cli",
        f"{GENERATE} -g typescript-axios -o generated/axios && {COMPILE} axios.ts && node built/axios.js",
    ),
    # The generator's jar brings Jackson along, all that its client for Java's own HTTP client needs.
    "openapi-generator java (native)": (
        "openapi-generator-cli",
        f"{GENERATE} -g java {JAVA_OPTIONS} -o generated/java && {JAVAC} && java -cp built:$JAR Main",
    ),
    "FastMCP from_openapi": ("fastmcp", "venv/bin/python agent.py $DOCUMENT"),
}


def attempt(command: str, directory: Path, server: LiveServer) -> str:
    """Run a trial on an empty server: what it printed when it failed, else nothing."""
    server.clear()
    (jar,) = directory.glob("venv/lib/*/site-packages/openapi_generator_cli/openapi-generator.jar")
    told = {"URL": server.url, "TOKEN": server.token(), "DOCUMENT": str(OPENAPI_YAML), "JAR": str(jar)}
    started = ["bash", "-c", command]
    done = subprocess.run(
        started,
        cwd=directory,
        env=os.environ | told,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    if done.returncode == 0:
        return ""
    return "\n".join([*done.stdout.splitlines()[-TAIL:], f"Exit status {done.returncode}"])


def main() -> int:
    missing = [program for program in ("node", "npm", "java", "javac") if not shutil.which(program)]
    if missing:
        print(f"Not tried: there is no {', '.join(missing)}.")
        return 1
    failed = 0
    with tempfile.TemporaryDirectory(prefix="clients-") as temporary:
        directory = Path(temporary)
        os.environ |= {
            **fresh_environment(),
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "refactor_site.settings",
            "DATABASE_URL": f"sqlite:///{directory}/unused.sqlite3",
        }
        django.setup()
        versions = install(HERE, directory)
        server = LiveServer(directory)
        server.start()
        try:
            for name, (package, command) in TRIALS.items():
                complaint = attempt(command, directory, server)
                failed += bool(complaint)
                outcome = "fails" if complaint else "creates, reads a 409, lists, patches, reads events"
                print(f"{name:38} {versions[package]:10} {outcome}\n{complaint}".rstrip(), flush=True)
        finally:
            server.stop()
    return 1 if failed else 0


sys.exit(main())
