import shutil
from pathlib import Path

import pytest

from tests.clients.tools import HERE, OPENAPI_YAML, UNREACHABLE, output_of, run


@pytest.fixture(scope="session")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the tools of package.json, the generated types and what uses them."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("there is no Node.js with npm")
    directory = tmp_path_factory.mktemp("typescript")
    for file in [*HERE.glob("*.json"), *HERE.glob("*.ts"), *HERE.glob("*.yaml")]:
        shutil.copy(file, directory)
    installed = run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", cwd=directory)
    if UNREACHABLE.search(installed.stderr):
        pytest.skip("npm does not reach its registry")
    assert installed.returncode == 0, installed.stderr
    output_of("node_modules/.bin/openapi-typescript", OPENAPI_YAML, "-o", "api.d.ts", cwd=directory)
    return directory
