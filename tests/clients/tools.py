"""What the generators of clients need, and how to start them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import ROOT

HERE = Path(__file__).parent
OPENAPI_YAML = ROOT / "openapi.yaml"
UNREACHABLE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    # What is installed beside the Python comes first: openapi-python-client formats with its ruff.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def output_of(*command: str | Path, cwd: Path) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def openapi_generator(generator: str, directory: Path, *properties: str) -> None:
    """Make a client with openapi-generator, or skip where it cannot run."""
    pytest.importorskip("openapi_generator_cli", reason="needs `pip install -r requirements-dev.txt`")
    if not shutil.which("java"):
        pytest.skip("there is no Java on this machine; `apt-get install default-jre-headless` brings one")
    options = [option for each in properties for option in ("-p", each)]
    generate = ["openapi-generator-cli", "generate", "-g", generator, *options]
    output_of(*generate, "-i", OPENAPI_YAML, "-o", generator, cwd=directory)
