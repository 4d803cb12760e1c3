"""Whose tokens are accepted from workloads: OpenID Connect issuers, and where their keys are."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from refactor_site.environment import LABEL, optional

URL = re.compile(rf"https://(?i:{LABEL}(\.{LABEL})*|\[[0-9a-f:.]+\])(:[0-9]{{1,5}})?(/[!-~]*)?", re.ASCII)
WORDS = {"issuer", "audience", "jwks"}
REMEDY = (
    "use issuer=https://token.actions.githubusercontent.com audience=llm-providers, with jwks=<https URL or file> where"
    " discovery does not lead to the keys; commas between several, each issuer once"
)


def oidc_issuers(name: str) -> dict[str, dict[str, str]]:
    """Read ``issuer=https://... audience=...[ jwks=...],...``: by issuer its ``audience`` and ``jwks``.

    ``jwks`` is the URL of the keys, the path of a file that holds them, or empty: then discovery tells.
    """
    none: dict[str, dict[str, str]] = {}
    issuers = optional(name, _parse, none, REMEDY)
    for each in issuers.values():
        if is_file(each["jwks"]) and not _holds_keys(Path(each["jwks"])):
            raise ImproperlyConfigured(
                f"{name} names a file without keys: name one that holds a JSON Web Key Set, which this user may read."
            )
    return issuers


def is_file(jwks: str) -> bool:
    return bool(jwks) and not jwks.startswith("https:")


def _parse(text: str) -> dict[str, dict[str, str]]:
    issuers: dict[str, dict[str, str]] = {}
    for item in filter(None, (item.strip() for item in text.split(","))):
        words = [word.partition("=") for word in item.split()]
        entry = {name: value for name, _equals, value in words}
        if len(entry) != len(words) or not {"issuer", "audience"} <= entry.keys() <= WORDS or not all(entry.values()):
            raise ValueError
        issuer, jwks = entry["issuer"], entry.get("jwks", "")
        if issuer in issuers or not _is_url(issuer) or (":/" in jwks and not _is_url(jwks)):
            raise ValueError
        issuers[issuer] = {
            "audience": entry["audience"],
            "jwks": str(Path(jwks).resolve()) if is_file(jwks) else jwks,
        }
    return issuers


def _is_url(text: str) -> bool:
    return URL.fullmatch(text) is not None and not set("?#\\") & set(text) and urlsplit(text).port != 0


def _holds_keys(path: Path) -> bool:
    try:
        keys = json.loads(path.read_bytes())["keys"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False
    return isinstance(keys, list) and keys != []
