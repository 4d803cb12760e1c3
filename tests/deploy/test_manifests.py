"""What the manifests name is there: settings, commands, files, images; cheap, unlike the trials beside it."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class

from refactor_site.env_file import fresh_environment
from tests.conftest import OPTIONAL_SETTINGS
from tests.deploy.containerfile import steps
from tests.live import ROOT

yaml = pytest.importorskip("yaml", reason="needs `pip install -r requirements.txt`")
pytestmark = pytest.mark.once

DEPLOY = ROOT / "deploy"
OURS = {*OPTIONAL_SETTINGS, *fresh_environment(), "DATABASE_URL", "HTTPS", "ENV_FILE"}
OF_PYTHON = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8")))


def kubernetes(kind: str) -> Any:
    (found,) = [document for document in documents("kubernetes.yaml") if document["kind"] == kind]
    return found


def services() -> dict[str, Any]:
    """Those of compose.yaml that run our image."""
    (compose,) = documents("compose.yaml")
    return {name: service for name, service in compose["services"].items() if service["image"] == "llm-providers"}


def container_file() -> list[tuple[str, str]]:
    return list(steps((DEPLOY / "Containerfile").read_text(encoding="utf-8")))


def unit(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", (DEPLOY / "llm-providers.service").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(path.name for path in DEPLOY.glob("*.yaml")))
def test_each_file_is_yaml(name: str) -> None:
    assert all(documents(name))


def settings_named() -> Iterator[str]:
    yield from kubernetes("ConfigMap")["data"]
    for service in services().values():
        yield from service["environment"]
    for instruction, rest in container_file():
        if instruction == "ENV":
            yield from (assignment.partition("=")[0] for assignment in shlex.split(rest))
    for name in ("compose.yaml", "kubernetes.yaml", "llm-providers.service", "nginx.conf"):
        comments = re.findall(r"#.*", (DEPLOY / name).read_text(encoding="utf-8"))
        yield from re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", "\n".join(comments))


def test_each_setting_that_is_named_is_one_that_is_read() -> None:
    of_postgresql = {"POSTGRES_PASSWORD"}
    assert set(settings_named()) - OURS - OF_PYTHON - of_postgresql == set()


def test_each_setting_is_in_the_table_of_the_readme() -> None:
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert named == OURS


def command_lines() -> Iterator[list[str]]:
    """What is behind `manage.py`, wherever one of the files starts it."""
    (default,) = [rest for instruction, rest in container_file() if instruction == "CMD"]
    yield yaml.safe_load(default)
    yield from (service["command"] for service in services().values() if "command" in service)
    pods = [kubernetes(kind)["spec"]["template"]["spec"] for kind in ("Job", "Deployment")]
    yield from (each["args"] for pod in pods for each in pod["containers"] if "args" in each)
    for line in unit("ExecStartPre") + unit("ExecStart"):
        yield shlex.split(line.partition(" manage.py ")[2])


@pytest.mark.parametrize("line", list(command_lines()), ids=" ".join)
def test_each_command_line_is_one_that_manage_py_takes(line: list[str]) -> None:
    name, *arguments = line
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(arguments)


def test_what_is_copied_into_the_image_is_there() -> None:
    copied = [rest.split()[:-1] for instruction, rest in container_file() if instruction == "COPY"]
    sources = [source for words in copied if not words[0].startswith("--from=") for source in words]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_what_compose_builds_and_mounts_is_there_or_asked_for() -> None:
    (compose,) = documents("compose.yaml")
    asked_for = set(
        re.findall(r"[\w-]+\.(?:env|crt|key)", (DEPLOY / "compose.yaml").read_text("utf-8").split("name:")[0])
    )
    for service in compose["services"].values():
        built = service.get("build", {"context": ".", "dockerfile": "compose.yaml"})
        assert (DEPLOY / built["context"] / ("" if built["context"] == "." else built["dockerfile"])).exists()
        mounted = [volume.split(":")[0] for volume in service.get("volumes", []) if volume.startswith(".")]
        files = {Path(name).name for name in [*mounted, service.get("env_file", "nginx.conf")]}
        assert {name for name in files if not (DEPLOY / name).exists()} <= asked_for


def test_one_image_is_deployed_migrated_and_watched() -> None:
    pods = [kubernetes(kind)["spec"]["template"]["spec"]["containers"] for kind in ("Job", "Deployment")]
    (image,) = {container["image"] for containers in pods for container in containers}
    version = re.search(r'^version = "(.*?)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version
    assert image.rpartition(":")[2] == version[1]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    text = (DEPLOY / "llm-providers.service").read_text(encoding="utf-8")
    installed = tmp_path / "llm-providers.service"  # with a program that is there
    installed.write_text(text.replace("/opt/llm-providers/.venv/bin/python", "/usr/bin/env"), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(installed)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    told = [line for line in done.stderr.splitlines() if installed.name in line]
    assert (done.returncode, told) == (0, [])
