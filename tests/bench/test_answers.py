"""The whole series takes a quarter of a minute of each core, so it runs with the long suites."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.live import ROOT

pytestmark = pytest.mark.once

STATUSES = {200, 301, 302, 304, 400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 429, 500, 503}


@pytest.mark.torture
def test_two_runs_record_the_same_answers_of_every_status(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("first.jsonl", "second.jsonl")]
    running = [
        subprocess.Popen([sys.executable, str(ROOT / "bench/answers.py"), str(file)], stderr=subprocess.DEVNULL)
        for file in files
    ]
    assert [process.wait(600) for process in running] == [0, 0]
    first, second = (file.read_text(encoding="utf-8") for file in files)

    assert first == second
    answers: list[dict[str, Any]] = [json.loads(line) for line in first.splitlines()]
    assert len(answers) > 450
    assert {answer["status"] for answer in answers} == STATUSES
