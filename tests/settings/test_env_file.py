import subprocess
import sys
from pathlib import Path

import pytest

from refactor_site.env_file import fresh_environment
from tests.live import ROOT

pytestmark = pytest.mark.once


def write(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "refactor_site.env_file", str(path)],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )


def values(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_file_holds_all_that_the_service_needs(tmp_path: Path) -> None:
    write(tmp_path / ".env")
    assert values(tmp_path / ".env").keys() == fresh_environment().keys()


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    write(tmp_path / ".env")
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_no_key_is_printed(tmp_path: Path) -> None:
    done = write(tmp_path / ".env")
    assert done.stdout == f"Wrote {tmp_path / '.env'} with fresh random keys.\n"
    assert done.stderr == ""


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path / ".env")
    before = (tmp_path / ".env").read_bytes()
    assert write(tmp_path / ".env").stdout == f"{tmp_path / '.env'} exists and is left alone.\n"
    assert (tmp_path / ".env").read_bytes() == before


def test_every_key_is_new() -> None:
    keys = [value for _ in range(100) for name, value in fresh_environment().items() if name != "HTTPS"]
    assert len(set(keys)) == 300
    assert min(map(len, keys)) == 64


def test_the_folder_must_exist(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "refactor_site.env_file", str(tmp_path / "missing" / ".env")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "The .env file cannot be written: No such file or directory.\n")
