"""The five steps of the README as they stand there, on a shell, against the running service."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveServer
from tests.rotation.live import live_server
from tests.test_readme import section

pytestmark = pytest.mark.once

BLOCKS = re.findall(r"```sh\n(.*?)```", section("Rotating a provider's key"), re.DOTALL)
REPLACE, UNDO, WAIT, RETIRE, DATE = [re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in BLOCKS]
CREATE = """curl -sS --fail-with-body http://127.0.0.1:8000/v1/llm-providers \
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
  -d '{"provider": "openai", "credentials": {"api_key": "sk-your-first-key"}}'
"""
FETCH = 'curl -sS --fail-with-body http://127.0.0.1:8000/v1/llm-provider/openai/credentials -H "Authorization: Bearer '


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    if not shutil.which("curl"):
        pytest.skip("needs curl")
    with live_server(tmp_path) as server:
        yield server


def test_the_five_steps_do_what_they_say(server: LiveServer, tmp_path: Path) -> None:
    billing = FETCH + server.manage("issue_token", "billing").strip() + '"\n'
    environment = {"TOKEN": server.token(), "PATH": "/usr/bin:/bin"}

    def run(*steps: str) -> list[Any]:
        """The answers of some steps on one shell."""
        script = "echo\n".join(steps).replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run(
            ["sh", "-e", "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return [json.loads(line) for line in done.stdout.splitlines() if line]

    replaced, undone, fetched, waiting = run(CREATE + "echo\n" + REPLACE, UNDO, billing, WAIT)[1:]
    assert replaced == undone
    assert (fetched["credentials"], fetched["version"]) == ({"api_key": "sk-your-first-key"}, 3)
    assert (waiting["safe_to_revoke"], waiting["previous"]["version"]) == (True, 2)

    replaced, early, fetched, waiting, retired, dated = run(REPLACE, WAIT, billing, WAIT, RETIRE, DATE)
    assert (early["safe_to_revoke"], waiting["safe_to_revoke"]) == (False, True)
    assert fetched["credentials"] == {"api_key": "sk-your-next-key"}
    assert (waiting["previous"]["version"], retired["previous"]) == (3, None)
    assert (dated["owner"], dated["rotate_every_days"]) == ("ml-platform", 90)

    bad = REPLACE.replace("sk-your-next-key", "sk-your-bad-key").replace("--fail-with-body", "")
    refused, kept = run(bad, WAIT)
    assert (refused["error"]["code"], kept["version"], kept["previous"]) == ("VERIFICATION_FAILED", 4, None)
