"""The requirement files install tomorrow as they do today, with the pip that any supported Python brings.

With hashes, pip refuses what is not pinned. Older ones take ``coverage[toml]`` and ``coverage`` for two: pinned in
another form than it is asked for in, a requirement is met by the newest release, which no hash belongs to.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = {"requirements.txt": ["test"], "requirements-dev.txt": ["test", "dev"]}

every_file = pytest.mark.parametrize("name", EXTRAS)


def pins_of(name: str) -> list[Requirement]:
    """What a compiled file pins for this Python and system, in its order."""
    lines = re.findall(r"^[A-Za-z0-9][^\\\n]*", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return [pin for pin in map(Requirement, lines) if applies(pin, {""})]


def applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras)


def required_by(pin: Requirement) -> Iterator[Requirement]:
    for requirement in map(Requirement, distribution(pin.name).requires or []):
        if applies(requirement, pin.extras or {""}):
            yield requirement


def is_pinned(asked: Requirement, pins: list[Requirement], above: int) -> bool:
    """Whether it is pinned with the very extras, or, for one without, with any on a line above who asks:

    pip goes down the lines, and has pinned a distribution itself once it has met it with extras.
    """
    return any(
        canonicalize_name(pin.name) == canonicalize_name(asked.name)
        and asked.specifier.contains(str(pin.specifier).removeprefix("=="), prereleases=True)
        and (pin.extras == asked.extras or (not asked.extras and position < above))
        for position, pin in enumerate(pins)
    )


@every_file
def test_what_a_pinned_distribution_requires_is_pinned_in_the_form_it_is_asked_for(name: str) -> None:
    pins = pins_of(name)
    try:
        installed = [f"{pin.name}=={distribution(pin.name).version}" for pin in pins]
    except PackageNotFoundError as missing:
        if name == "requirements.txt":
            raise
        pytest.skip(f"{missing.name} is not installed: needs `pip install -r {name}`")
    assert installed == [f"{pin.name}{pin.specifier}" for pin in pins]
    assert [
        f"{asked}, of {pin}"
        for position, pin in enumerate(pins)
        for asked in required_by(pin)
        if not is_pinned(asked, pins, above=position)
    ] == []


@every_file
def test_what_the_project_requires_is_pinned_in_the_form_it_is_asked_for(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    required = [*project["dependencies"], *(asked for extra in EXTRAS[name] for asked in optional[extra])]
    pins = pins_of(name)
    assert [asked for asked in required if not is_pinned(Requirement(asked), pins, above=0)] == []
