"""The document as a linter sees it."""

import json
from pathlib import Path

import pytest

from tests.clients.tools import OPENAPI_YAML, output_of

pytestmark = pytest.mark.once

# The published page has an info without contact, and an empty list of servers.
PUBLISHED = ["info-contact", "oas3-api-servers"]


def test_spectral_finds_only_what_is_published(typescript: Path) -> None:
    command: list[str | Path] = [
        "node_modules/.bin/spectral",
        "lint",
        OPENAPI_YAML,
        "--ruleset",
        "spectral.yaml",
        "--format",
        "json",
    ]
    found = json.loads(output_of(*command, "--quiet", cwd=typescript))
    assert sorted(finding["code"] for finding in found) == PUBLISHED
