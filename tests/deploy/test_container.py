"""The Containerfile's steps, run in a Debian made on the spot, and what they make, run as the manifests run it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from refactor_site.env_file import fresh_environment
from tests.deploy.containerfile import CHROOT, Image, build, in_container, run_in
from tests.live import ROOT, STARTUP, free_port
from tests.processes import children

pytestmark = [
    pytest.mark.torture,
    pytest.mark.once,
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("debootstrap"), reason="needs root and Debian's debootstrap"
    ),
]

MIRROR = "http://deb.debian.org/debian"


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image, built in a Debian of whose packages only Python is there."""
    with tempfile.TemporaryDirectory(prefix="llm-providers-image-") as name:
        directory = Path(name)
        base = Path(os.environ.get("DEBIAN_ROOT") or directory / "base")  # one that is there saves a minute
        if not base.exists():
            command = ["debootstrap", "--variant=minbase", "--include=python3,python3-venv,ca-certificates"]
            made = subprocess.run(
                [*command, "bookworm", str(base), MIRROR], capture_output=True, text=True, check=False
            )
            assert made.returncode == 0, made.stdout[-2000:]
        shutil.copy("/etc/resolv.conf", base / "etc/resolv.conf")
        certificates = Path("/etc/ssl/certs/ca-certificates.crt")
        base.joinpath(*certificates.parts[1:]).write_bytes(certificates.read_bytes())  # of a network's own mirror, too
        index = {name: value for name, value in os.environ.items() if name in ("PIP_INDEX_URL", "PIP_CERT")}
        yield build(ROOT / "deploy/Containerfile", ROOT, base, directory, environment=index)


@pytest.fixture
def settings_of_it(tmp_path: Path) -> dict[str, str]:
    return {**fresh_environment(), "DATABASE_URL": "sqlite:////data/db.sqlite3", "PORT": str(free_port())}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A volume that belongs to the user of the image, below directories that it may enter."""
    place = Path(tempfile.mkdtemp(prefix="llm-providers-data-"))
    os.chown(place, 10001, 10001)
    return place


def test_it_is_run_by_a_user_without_rights_and_nothing_in_it_can_be_written(image: Image) -> None:
    tried = run_in(
        image,
        ["sh", "-c", "id -u; touch /app/new; touch /opt/venv/new; touch /tmp/new && echo written"],
        read_only=True,
    )
    assert tried.stdout == "10001\nwritten\n"
    assert tried.stderr.count("Read-only file system") == 2
    owners = {
        path.stat().st_uid
        for part in ("app", "opt")
        for path in (image.root / part).rglob("*")
        if not path.is_symlink()
    }
    assert owners == {0}


def test_what_only_tests_need_is_not_in_it(image: Image) -> None:
    listed = run_in(image, ["python", "-m", "pip", "list", "--format=freeze"]).stdout.lower()
    assert "django==" in listed
    assert "pytest" not in listed
    assert not (image.root / "app/tests").exists()


def test_it_migrates_serves_is_healthy_and_ends_when_told(
    image: Image, settings_of_it: dict[str, str], data: Path
) -> None:
    kept = {data: "/data"}
    migrated = run_in(
        image, [*image.entry_point, "migrate", "--no-input"], environment=settings_of_it, read_only=True, volumes=kept
    )
    assert migrated.returncode == 0, migrated.stderr
    line, variables = in_container(
        image,
        [*image.entry_point, *image.command],
        user=image.user,
        environment=settings_of_it,
        read_only=True,
        volumes=kept,
    )
    server = subprocess.Popen(line, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert readiness(settings_of_it["PORT"]) == b'{"status": "ok"}'
        (first,) = children(server.pid)  # of its namespace; the shells became it
        inside = ["nsenter", "--target", str(first), "--mount", "--pid", CHROOT, str(image.root)]
        healthy = subprocess.run([*inside, *image.health], env=variables, check=False, timeout=30)
        assert healthy.returncode == 0
        os.kill(first, signal.SIGTERM)
        assert server.wait(10) == 0
    finally:
        for left in children(server.pid):  # a change of the user frees them from `--kill-child`
            os.kill(left, signal.SIGKILL)
        printed = server.communicate()[0]
    assert "Serving on http://127.0.0.1:" in printed
    assert "password" not in printed


def readiness(port: str) -> bytes:
    deadline = time.monotonic() + STARTUP
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                read: bytes = answer.read()
                return read
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
