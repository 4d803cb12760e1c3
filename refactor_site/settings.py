"""The settings: values only. How they are read from the environment is in the modules beside this one."""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

from refactor_site.database import POOL_OPTIONS, database
from refactor_site.environment import (
    BASE_DIR,  # noqa: F401  (commands go by it)
    CALLERS_TZ,  # noqa: F401  (exec_with_credentials hands it on)
    boolean,
    ca_file,
    choice,
    domain_suffixes,
    integer,
    items,
    networks,
    optional,
    origins,
    read_env_file,
)
from refactor_site.issuers import oidc_issuers
from refactor_site.keys import key_ring, refuse_shared_keys, single_key

ENV_FILE = read_env_file()

DEBUG = boolean("DEBUG", default=False)
HTTPS = boolean("HTTPS", default=True)
HOST = optional("HOST", lambda text: str(ip_address(text)), "127.0.0.1", "use an IP address of this machine")
PORT = integer("PORT", 8000, lowest=1, highest=65535)
WORKERS = integer("WORKERS", 2, lowest=1, highest=32)
SERVER_THREADS = 96  # of all workers together; providers are asked in some of them
METRICS_HOST = optional(
    "METRICS_HOST", lambda text: str(ip_address(text)), "127.0.0.1", "use an IP address of this machine"
)
METRICS_PORT = integer("METRICS_PORT", 9464, lowest=0, highest=65535)  # 0: none
ALLOWED_HOSTS = items("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = items("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXY_COUNT = integer("TRUSTED_PROXY_COUNT", 0, lowest=0, highest=10)
AZURE_ENDPOINT_SUFFIXES_EXTRA = domain_suffixes("AZURE_ENDPOINT_SUFFIXES_EXTRA")  # a gateway's domain, for example
LLM_PROVIDERS_ORIGINS = origins("LLM_PROVIDERS_ORIGINS")  # where a provider is asked instead of at its own address
LLM_PROVIDERS_OUTBOUND_ALLOW = networks("LLM_PROVIDERS_OUTBOUND_ALLOW")  # although they are not public
LLM_PROVIDERS_DELIVERY = boolean("LLM_PROVIDERS_DELIVERY", default=False)  # hand out plaintext over HTTP
LLM_PROVIDERS_OIDC_ISSUERS = oidc_issuers("LLM_PROVIDERS_OIDC_ISSUERS")  # whose workloads are machines
LLM_PROVIDERS_PREVIOUS_HOURS = integer("LLM_PROVIDERS_PREVIOUS_HOURS", 24, lowest=0, highest=365 * 24)  # 0: keep none
LLM_PROVIDERS_OUTBOUND_CA_FILE = ca_file("LLM_PROVIDERS_OUTBOUND_CA_FILE")  # certificates besides the system's
LLM_PROVIDERS_OUTBOUND_TIMEOUT = integer("LLM_PROVIDERS_OUTBOUND_TIMEOUT", 10, lowest=1, highest=60)  # seconds
LLM_PROVIDERS_OUTBOUND_THREADS = integer("LLM_PROVIDERS_OUTBOUND_THREADS", 12, lowest=1, highest=1000)  # of a process
LLM_PROVIDERS_VERIFY_LIMIT_PER_USER = integer("LLM_PROVIDERS_VERIFY_LIMIT_PER_USER", 20, lowest=1, highest=10_000)
LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER = integer(
    "LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER", 60, lowest=1, highest=10_000
)
ACCESS_TOKEN_LIFETIME_MINUTES = integer("ACCESS_TOKEN_LIFETIME_MINUTES", 15, lowest=1, highest=24 * 60)
REFRESH_TOKEN_LIFETIME_HOURS = integer("REFRESH_TOKEN_LIFETIME_HOURS", 24, lowest=1, highest=30 * 24)
LOG_FORMAT = choice("LOG_FORMAT", "text", "json")
LOG_LEVEL = choice("LOG_LEVEL", "INFO", "WARNING", "ERROR")  # below INFO, libraries log what they send and receive
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
DATABASE_POOL_MAX = integer("DATABASE_POOL_MAX", 20, lowest=1, highest=96)  # PostgreSQL allows 97 by default
DATABASES["default"]["OPTIONS"]["pool"] = POOL_OPTIONS | {"max_size": max(1, DATABASE_POOL_MAX // WORKERS)}

# --- Django

ROOT_URLCONF = "refactor_site.urls"
WSGI_APPLICATION = "refactor_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

INSTALLED_APPS = [
    "llm_providers.apps.LLMProvidersConfig",  # its templates come before the theme's, its commands before Django's
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
    "llm_providers.web.published_paths.published_paths",
    "llm_providers.web.request_id.identified",
    "llm_providers.web.access_log.access_log",
    "llm_providers.web.response_headers.response_headers",
    "llm_providers.api.middleware.EnvelopeMiddleware",  # outside of all below: it answers for their errors too
    "llm_providers.web.header_bounds.header_bounds",
    "llm_providers.api.https.https_required",
    "llm_providers.web.page_middleware.page_middleware",  # passes the API by those from here to the_view
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
    "llm_providers.web.page_middleware.the_view",
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

PASSWORD_HASHERS = ["llm_providers.access.passwords.ConnectionlessHasher", *global_settings.PASSWORD_HASHERS[1:]]
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

LLM_PROVIDERS_OUTBOUND_PAUSE = 5  # seconds before a question is put again
LLM_PROVIDERS_VERIFY_WINDOW = timedelta(minutes=1)  # which the limits are for
LLM_PROVIDERS_MODELS_LIFETIME = timedelta(minutes=5)

# --- The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["llm_providers.access.permissions.BearerAuthentication"],
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
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
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
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": f"{STATIC_URL}llm_providers/favicon.svg"}],
    "SIDEBAR": {"navigation": "llm_providers.admin.home.navigation"},
    "COLORS": lambda _request: {},  # they are in admin.css: as a style element the policy would forbid them
    "STYLES": [f"{STATIC_URL}llm_providers/admin.css", f"{STATIC_URL}llm_providers/rotation.css"],
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
    "formatters": {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {"()": "llm_providers.observability.logs.JSONFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "level": LOG_LEVEL,
            "formatter": LOG_FORMAT,
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
        "psycopg.pool": {"level": "ERROR"},  # below it, each loan, and each attempt to reach a database that is away
        "django.db.backends": {"level": "WARNING"},  # below it, statements are logged with their parameters
        "botocore": {"level": "WARNING"},  # below it, what is signed is logged, session tokens included
        "httpcore2": {"level": "WARNING"},  # below it, the headers of answers
    },
}
