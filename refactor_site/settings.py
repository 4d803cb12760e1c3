"""The settings, and the only place that reads the environment.

The environment wins over the `.env` file (`ENV_FILE` names another file). An optional setting that
is empty counts as unset. What cannot be used safely raises `ImproperlyConfigured` with one sentence
that names the setting and the remedy, never the value.
"""

import os
import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from refactor_site.keys import key_weakness

BASE_DIR = Path(__file__).resolve().parent.parent

T = TypeVar("T")


class Environment(environ.Env):  # type: ignore[misc]
    # A copy, so that keys from the file do not become part of the environment of child processes.
    ENVIRON = dict(os.environ)


def read_env_file() -> None:
    named = Environment.ENVIRON.get("ENV_FILE")
    path = Path(named or BASE_DIR / ".env")
    if named and (path.is_dir() or not path.exists()):
        raise ImproperlyConfigured("ENV_FILE names no file: name one, or unset it to use .env beside manage.py.")
    try:
        Environment.read_env(path)
    except UnicodeDecodeError:
        raise ImproperlyConfigured("ENV_FILE is not UTF-8 text: write it anew with `make run`.") from None


def optional(name: str, parse: Callable[[str], T], default: T, remedy: str) -> T:
    # Not `env(name)`: it follows a leading "$" to another variable and names that one when it fails.
    text = Environment.ENVIRON.get(name, "").strip()
    if not text:
        return default
    try:
        return parse(text)
    except Exception:  # noqa: BLE001  (the library's own message may repeat a password; hence `from None`)
        raise ImproperlyConfigured(f"{name} cannot be used: {remedy}.") from None


# --- Plain values

TRUTH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def boolean(name: str, default: bool) -> bool:
    return optional(name, lambda text: TRUTH[text.lower()], default, "use true or false")


def integer(name: str, default: int, lowest: int, highest: int) -> int:
    allowed = range(lowest, highest + 1)
    return optional(
        name, lambda text: allowed[allowed.index(int(text))], default, f"use a whole number from {lowest} to {highest}"
    )


def items(name: str, default: Iterable[str] = ()) -> list[str]:
    return optional(
        name,
        lambda text: [item.strip() for item in text.split(",") if item.strip()],
        list(default),
        "use values separated by commas",
    )


DOMAIN = re.compile(r"\.?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


def domain_suffixes(name: str) -> list[str]:
    """Domains of at least two labels, each with a leading dot: what is in front of it is one more label."""
    domains = [item.lower() for item in items(name)]
    if not all(DOMAIN.fullmatch(domain) for domain in domains):
        raise ImproperlyConfigured(f"{name} cannot be used: name domains such as llm.example.com, separated by commas.")
    return ["." + domain.removeprefix(".") for domain in domains]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    return optional(
        name,
        lambda text: [ip_network(item.strip()) for item in text.split(",") if item.strip()],
        [],
        "name networks such as 10.0.0.0/8, separated by commas",
    )


# --- Keys

NEW_KEY = "`python -m refactor_site.env_file` writes fresh random ones into a new .env"
ANOTHER_KEY = f"put a fresh key in front of it, with a comma between; {NEW_KEY}"


def key_ring(name: str, remedy: str = ANOTHER_KEY) -> list[str]:
    """Return the comma-separated keys of a setting: the first is strong, none is empty or occurs twice."""
    text = Environment.ENVIRON.get(name)
    if text is None:
        raise ImproperlyConfigured(f"{name} is missing: {NEW_KEY}.")
    keys = [key.strip() for key in text.split(",")]
    if any(keys) and not all(keys):  # new keys would lose what is stored with the others
        raise ImproperlyConfigured(f"{name} holds an empty key: remove the comma that is too many.")
    if weakness := key_weakness(keys[0]):
        raise ImproperlyConfigured(f"{name} holds {weakness}: {remedy if keys[0] else NEW_KEY}.")
    if len(set(keys)) < len(keys):
        raise ImproperlyConfigured(f"{name} holds the same key twice: remove one of the two.")
    return keys


def single_key(name: str) -> str:
    keys = key_ring(name, remedy=NEW_KEY)
    if len(keys) > 1:
        raise ImproperlyConfigured(f"{name} holds a comma, but is a single key: {NEW_KEY}.")
    return keys[0]


def refuse_shared_keys(**rings: list[str]) -> None:
    owner: dict[str, str] = {}
    for name, keys in rings.items():
        for key in keys:
            if key in owner:
                raise ImproperlyConfigured(f"{name} holds the key of {owner[key]}: give each its own; {NEW_KEY}.")
            owner[key] = name


# --- Database

SQLITE_OPTIONS = {
    # Seen with eight writing processes: the defaults lose writes to "database is locked", these none.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds
}
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 15_000,  # milliseconds
}
POSTGRESQL_TIMEOUTS = "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"


def database(url: str) -> dict[str, Any]:
    """Turn `sqlite:///file` or `postgres://user:password@host/name?sslmode=require` into Django's setting.

    A relative file is one beside manage.py. A database in memory is refused: each process would see its own.
    """
    address = urlsplit(url)
    file = address.scheme == "sqlite" and not address.netloc
    if not file and address.scheme not in ("postgres", "postgresql"):
        raise ValueError
    config: dict[str, Any] = environ.Env.db_url_config(url)
    options = config.pop("OPTIONS", {})
    if config["NAME"] in ("", ":memory:"):
        raise ValueError
    if file:
        return config | {"NAME": BASE_DIR / config["NAME"], "OPTIONS": options | SQLITE_OPTIONS}
    # Of two values for a server setting PostgreSQL takes the last: the time-outs stay, whatever the address adds.
    server_settings = " ".join(filter(None, [options.get("options"), POSTGRESQL_TIMEOUTS]))
    options = POSTGRESQL_OPTIONS | options | {"options": server_settings}
    return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} | config | {"OPTIONS": options}


# --- Read

read_env_file()

DEBUG = boolean("DEBUG", default=False)
HTTPS = boolean("HTTPS", default=True)
PORT = integer("PORT", 8000, lowest=1, highest=65535)
ALLOWED_HOSTS = items("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = items("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXY_COUNT = integer("TRUSTED_PROXY_COUNT", 0, lowest=0, highest=10)
AZURE_ENDPOINT_SUFFIXES_EXTRA = domain_suffixes("AZURE_ENDPOINT_SUFFIXES_EXTRA")  # a gateway's domain, for example
LLM_PROVIDERS_OUTBOUND_ALLOW = networks("LLM_PROVIDERS_OUTBOUND_ALLOW")  # although they are not public
ACCESS_TOKEN_LIFETIME_MINUTES = integer("ACCESS_TOKEN_LIFETIME_MINUTES", 15, lowest=1, highest=24 * 60)
REFRESH_TOKEN_LIFETIME_HOURS = integer("REFRESH_TOKEN_LIFETIME_HOURS", 24, lowest=1, highest=30 * 24)
LOGIN_FAILURE_LIMIT_PER_ADDRESS = integer("LOGIN_FAILURE_LIMIT_PER_ADDRESS", 100, lowest=5, highest=1_000_000)

SECRET_KEY = single_key("DJANGO_SECRET_KEY")
JWT_SIGNING_KEY = single_key("JWT_SIGNING_KEY")
FERNET_KEYS = key_ring("FERNET_KEYS")  # the first writes, all read
refuse_shared_keys(DJANGO_SECRET_KEY=[SECRET_KEY], JWT_SIGNING_KEY=[JWT_SIGNING_KEY], FERNET_KEYS=FERNET_KEYS)

LOOPBACK = re.compile(r"(.*\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\]")
if DEBUG and not all(LOOPBACK.fullmatch(host) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "DEBUG is on although ALLOWED_HOSTS lets other machines in: turn DEBUG off, or allow only localhost."
    )

DATABASES = {
    "default": optional(
        "DATABASE_URL",
        database,
        database("sqlite:///db.sqlite3"),
        "use sqlite:////path/to/file or postgres://user:password@host:5432/name, special characters percent-encoded",
    )
}

# --- Django

ROOT_URLCONF = "refactor_site.urls"
WSGI_APPLICATION = "refactor_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

INSTALLED_APPS = [
    "llm_providers.apps.LLMProvidersConfig",  # its templates come before the theme's
    "unfold.apps.BasicAppConfig",  # and the theme's before Django's
    "llm_providers.apps.AdminConfig",  # Django's, with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "llm_providers.api.middleware.EnvelopeMiddleware",  # outermost: it also answers for the others' errors
    "llm_providers.web.header_bounds.header_bounds",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "llm_providers.web.content_security.admin_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "llm_providers.admin.odd_requests.AdminRequests",
    "llm_providers.web.lockout.LockoutMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # serves the packages' own files, so that nothing has to be collected
WHITENOISE_ALLOW_ALL_ORIGINS = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024  # bytes
FILE_UPLOAD_HANDLERS = ["llm_providers.web.uploads.BoundedUploadHandler"]
DEFAULT_EXCEPTION_REPORTER_FILTER = "llm_providers.observability.error_reports.DiscreetReporterFilter"

# --- Who is asking

AUTHENTICATION_BACKENDS = ["llm_providers.web.lockout.CountingBackend"]

LOGIN_REDIRECT_URL = "admin:index"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "llm_providers.access.passwords.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ISSUER": "refactor-llm-providers",
    "AUDIENCE": "refactor-llm-providers",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=ACCESS_TOKEN_LIFETIME_MINUTES),
    "REFRESH_TOKEN_LIFETIME": timedelta(hours=REFRESH_TOKEN_LIFETIME_HOURS),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "CHECK_REVOKE_TOKEN": True,  # a changed password ends the tokens issued before it
    "UPDATE_LAST_LOGIN": False,
}

LOGIN_FAILURE_LIMIT = 5  # of one user name from one address; kept in the database, so of all workers together
LOGIN_LOCKOUT_TIME = timedelta(minutes=15)

# --- The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["llm_providers.access.tokens.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["llm_providers.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "llm_providers.api.errors.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "re-factor API Reference",
    "DESCRIPTION": "API specification for re-factor system based on schema definitions",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SORT_OPERATIONS": "llm_providers.api.schema.position",
    "POSTPROCESSING_HOOKS": ["llm_providers.api.schema.complete"],
}

# --- The browser

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Under /admin/ only: Alpine.js reads the theme's attributes as expressions, and sets one style attribute.
ADMIN_CONTENT_SECURITY_POLICY = {"script-src": [UNSAFE_EVAL], "style-src-attr": [UNSAFE_INLINE]}

SESSION_COOKIE_AGE = 8 * 60 * 60  # seconds
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS

SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked from inside, without the proxy that ends TLS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Entering a domain into the browsers' preload lists is up to the owner of that domain.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- The admin's theme

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "LLM providers",
    "SITE_HEADER": "LLM providers",
    "SITE_SYMBOL": "key",
    "SITE_URL": None,
    "COLORS": lambda _request: {},  # they are in admin.css: as a style element the policy would forbid them
    "STYLES": [f"{STATIC_URL}llm_providers/admin.css"],
    "SCRIPTS": [f"{STATIC_URL}llm_providers/admin.js"],
    "DASHBOARD_CALLBACK": "llm_providers.admin.home.dashboard",
}

# --- Logging

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "llm_providers.web.request_id.RequestIDFilter"},
        "discreet": {"()": "llm_providers.observability.logs.DiscreetFilter"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id", "discreet"],
        },
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Without handlers of its own: Django's default would mail reports that show local variables.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": True},  # runserver's, with paths
        "django.request": {"level": "ERROR"},  # refused requests are in our own access log
        "django.security": {"level": "CRITICAL"},  # likewise; it quotes paths and headers
        "django.db.backends": {"level": "WARNING"},  # below it, statements are logged with their parameters
    },
}
