"""Tools of other makers, installed as they are locked, into a directory that is deleted afterwards."""

import json
import re
import shutil
import subprocess
import venv
from pathlib import Path


def install(here: Path, directory: Path) -> dict[str, str]:
    """Install what is locked in a folder, beside a copy of it, and return the versions by package."""
    shutil.copytree(here, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    venv.create(directory / "venv", with_pip=True)
    pip = [str(directory / "venv/bin/pip"), "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "-r", "requirements.txt"], cwd=directory, check=True)
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(npm, cwd=directory, check=True, stdout=subprocess.DEVNULL)
    pinned = re.findall(r"^([\w-]+)==(\S+)", (directory / "requirements.txt").read_text(), re.MULTILINE)
    package: dict[str, dict[str, str]] = json.loads((directory / "package.json").read_text())
    return dict(pinned) | package.get("dependencies", {}) | package.get("devDependencies", {})
