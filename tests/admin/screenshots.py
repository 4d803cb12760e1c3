"""Makes the README's screenshots from the real pages: ``python -m tests.admin.screenshots``."""

import os
import shutil
import tempfile
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from llm_providers.providers import PROVIDERS
from refactor_site.env_file import fresh_environment
from tests.admin.conftest import PASSWORD
from tests.admin.pages import CONFIGS, HOME, add
from tests.chromium import ARGUMENTS, NAMES
from tests.live import ROOT, LiveServer

IMAGES = ROOT / "docs" / "images"


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        database = f"sqlite:///{directory}/screenshots.sqlite3"
        os.environ |= {**fresh_environment(), "ENV_FILE": os.devnull, "DATABASE_URL": database}
        server = LiveServer(Path(directory))
        server.start()
        try:
            shoot(server)
        finally:
            server.stop()


def shoot(server: LiveServer) -> None:
    server.manage(
        "shell",
        "--verbosity=0",
        "--command",
        f"from django.contrib.auth.models import User\nUser.objects.create_superuser('grace', password={PASSWORD!r})",
    )
    headers = {"Authorization": f"Bearer {server.token('grace')}"}
    for slug in ("openai", "anthropic", "google-vertex", "amazon-bedrock"):
        body = {"provider": slug, "credentials": PROVIDERS.get(slug).example, "enabled": slug != "anthropic"}
        httpx.post(f"{server.url}/v1/llm-providers", json=body, headers=headers).raise_for_status()
    executable = next(filter(None, map(shutil.which, NAMES)))
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=executable, args=ARGUMENTS) as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(server.url + HOME)
        page.get_by_label("Username").fill("grace")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(server.url + HOME)
        for name, path in (("admin-list", CONFIGS), ("admin-azure", add("azure"))):
            page.goto(server.url + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refactor_site.settings")
    main()
