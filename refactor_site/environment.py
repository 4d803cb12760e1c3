"""The environment, read here only, as typed values for the settings.

It wins over the `.env` file (`ENV_FILE` names another file). An optional setting that is empty counts
as unset. What cannot be used safely raises `ImproperlyConfigured` with one sentence that names the
setting and the remedy, never the value.
"""

import os
import re
import ssl
from collections.abc import Callable, Iterable
from io import StringIO
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

CALLERS_TZ = os.environ.get("TZ")  # Django sets its own

T = TypeVar("T")


class Environment(environ.Env):  # type: ignore[misc]
    # A copy, so that keys from the file do not become part of the environment of child processes.
    ENVIRON = dict(os.environ)


LINE = re.compile(r"(export )?\w+=.*|#.*|", re.ASCII)


def read_env_file() -> Path:
    """Add what the file says to the environment, where that says nothing; return its path, of none too."""
    named = Environment.ENVIRON.get("ENV_FILE")
    name = "ENV_FILE" if named else ".env"
    no_file = "ENV_FILE names no file: name one, or unset it to use .env beside manage.py."
    path = Path(named or BASE_DIR / ".env")
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors of Windows put a mark in front
    except (FileNotFoundError, NotADirectoryError):
        if named:
            raise ImproperlyConfigured(no_file) from None
        if path.is_symlink():
            raise ImproperlyConfigured(".env leads to a file that is missing: bring that back with its keys.") from None
        return path
    except IsADirectoryError:
        raise ImproperlyConfigured(no_file if named else ".env is a folder: the settings are a file.") from None
    except OSError:  # not the same as none: with new keys all that is stored would be lost
        raise ImproperlyConfigured(f"{name} cannot be read: give this user the right to it; keep its keys.") from None
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{name} is not UTF-8 text: save it as such; keep its keys.") from None
    lines = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(lines, start=1):
        if not LINE.fullmatch(line):  # the library would log it, with the key it may hold
            raise ImproperlyConfigured(f"Line {number} of {name} cannot be read: write NAME=value; keep its keys.")
    Environment.read_env(StringIO("\n".join(lines)))
    return path


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


def choice(name: str, default: str, *others: str) -> str:
    allowed = (default, *others)
    by_lower = {value.lower(): value for value in allowed}
    remedy = f"use {', '.join(allowed[:-1])} or {allowed[-1]}"
    return optional(name, lambda text: by_lower[text.lower()], default, remedy)


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


# --- Outbound requests

ORIGIN_NAMES = [
    *("openai", "anthropic", "google", "google-vertex", "azure", "amazon-bedrock", "xai"),
    *("google-token", "aws-sts", "azure-login"),
]
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
ORIGIN = re.compile(rf"(https://({LABEL}(\.{LABEL})*|\[[0-9a-f:.]+\])(:[0-9]{{1,5}})?)/?", re.ASCII)


def origins(name: str) -> dict[str, str]:
    """Read ``openai=https://gateway.corp:8443,...``."""

    def parse(text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for item in filter(None, (item.strip() for item in text.split(","))):
            key, _equals, origin = (part.strip() for part in item.partition("="))
            written = ORIGIN.fullmatch(origin.lower())
            if not written or key not in ORIGIN_NAMES or key in found or urlsplit(written[1]).port == 0:
                raise ValueError
            found[key] = written[1]
        return found

    remedy = "use openai=https://gateway.example.com:8443 and the like, separated by commas; the names are "
    return optional(name, parse, {}, remedy + ", ".join(ORIGIN_NAMES))


def ca_file(name: str) -> str | None:
    def parse(text: str) -> str:
        path = str(Path(text).resolve())
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        return path

    return optional(name, parse, None, "name a file of CA certificates in PEM form")
