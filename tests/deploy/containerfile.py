"""Runs the steps of a Containerfile in roots made of a Debian's files, where there is no container engine.

Each stage is a copy of the base's root; RUN happens in it with `chroot`, as root, in mount and process namespaces of
its own. The network is the machine's. Only what our file uses is understood; anything else is refused.
"""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHROOT = "/usr/sbin/chroot"  # often not on the path
UNSHARED = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


@dataclass
class Image:
    root: Path
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    )
    directory: str = "/"
    user: str = "0:0"
    health: list[str] = field(default_factory=list)
    entry_point: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)


def steps(text: str) -> Iterator[tuple[str, str]]:
    """The instructions and their arguments."""
    joined = re.sub(r"\\\n", " ", text)
    for line in joined.splitlines():
        if line.strip() and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            yield instruction, rest.strip()


def build(file: Path, context: Path, base: Path, directory: Path, environment: dict[str, str]) -> Image:
    """Build `file`; `environment` is for its RUN steps only: where packages come from, for instance."""
    stages: dict[str, Image] = {}
    for instruction, rest in steps(file.read_text(encoding="utf-8")):
        if instruction == "FROM":
            name = rest.partition(" AS ")[2] or "last"
            image = stages[name] = Image(directory / name)
            subprocess.run(["cp", "--archive", str(base), str(image.root)], check=True)
        elif instruction == "COPY":
            copy(rest, context, stages, image)
        elif instruction == "RUN":
            done = run_in(image, ["/bin/sh", "-c", rest], user="0:0", environment=environment)
            assert done.returncode == 0, done.stderr
        elif instruction in SAYINGS:
            SAYINGS[instruction](image, rest)
        elif instruction != "ARG":  # the base
            raise NotImplementedError(instruction)
    return image


def work_in(image: Image, rest: str) -> None:
    image.directory = rest
    image.root.joinpath(rest.lstrip("/")).mkdir(parents=True, exist_ok=True)


def assignment(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value


SAYINGS: dict[str, Callable[[Image, str], object]] = {
    "ENV": lambda image, rest: image.environment.update(map(assignment, shlex.split(rest))),
    "WORKDIR": work_in,
    "USER": lambda image, rest: setattr(image, "user", rest),
    "HEALTHCHECK": lambda image, rest: setattr(image, "health", json.loads(rest.partition("CMD ")[2])),
    "ENTRYPOINT": lambda image, rest: setattr(image, "entry_point", json.loads(rest)),
    "CMD": lambda image, rest: setattr(image, "command", json.loads(rest)),
    "EXPOSE": lambda _image, _rest: None,
    "STOPSIGNAL": lambda _image, _rest: None,
}


def copy(rest: str, context: Path, stages: dict[str, Image], image: Image) -> None:
    *sources, target = rest.split()
    origin = context
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")].root
    for source in sources:
        start = origin / source.lstrip("/")
        end = image.root / target.lstrip("/")
        if start.is_dir():
            shutil.copytree(
                start,
                end,
                dirs_exist_ok=True,
                symlinks=True,
                ignore=shutil.ignore_patterns("__pycache__") if origin == context else None,
            )
        else:
            end = end / start.name if target.endswith("/") else end
            end.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(start, end)


def in_container(
    image: Image,
    command: Sequence[str],
    *,
    user: str,
    environment: dict[str, str],
    read_only: bool,
    volumes: dict[Path, str],
) -> tuple[list[str], dict[str, str]]:
    """The command line that runs `command` in the image, and its environment."""
    root = shlex.quote(str(image.root))
    mounts = [f"mount --bind {root} {root}"]
    mounts += [
        f"mkdir -p {root}{place} && mount --bind {shlex.quote(str(source))} {root}{place}"
        for source, place in volumes.items()
    ]
    if read_only:
        mounts += [f"mount -o remount,bind,ro {root}", f"mount -t tmpfs tmpfs {root}/tmp"]
    mounts += [f"mount -t proc proc {root}/proc"]
    inside = f"cd {shlex.quote(image.directory)} && exec {shlex.join(command)}"
    uid, gid = user.split(":")
    script = " && ".join(
        [*mounts, f"exec {CHROOT} --userspec={uid}:{gid} --groups= {root} /bin/sh -c {shlex.quote(inside)}"]
    )
    return [*UNSHARED, "/bin/sh", "-c", script], image.environment | environment


def run_in(
    image: Image,
    command: Sequence[str],
    *,
    user: str | None = None,
    environment: dict[str, str] | None = None,
    read_only: bool = False,
    volumes: dict[Path, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    line, variables = in_container(
        image,
        command,
        user=user or image.user,
        environment=environment or {},
        read_only=read_only,
        volumes=volumes or {},
    )
    return subprocess.run(line, env=variables, text=True, capture_output=True, check=False, timeout=600)
