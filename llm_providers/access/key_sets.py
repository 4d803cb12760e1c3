"""The keys of the issuers that settings name: kept in the process, and fetched again when that may help."""

import logging
import threading
import time
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from llm_providers.access.jwks import NotAKeySet, VerificationKey, keys_of
from llm_providers.providers.probe import BODY_LIMIT, Kind, Question
from llm_providers.strict import json
from llm_providers.verification.connection import Deadline
from llm_providers.verification.outbound import HTTPS_PORT, ask

logger = logging.getLogger(__name__)

Keys = dict[str, VerificationKey]

FRESH = 5 * 60  # seconds until keys are fetched again although they are known: one may have been withdrawn
STALE = 60 * 60  # seconds for which they serve while the issuer is away
PAUSE = 30  # seconds from one fetch to the next
PATIENCE = 1  # seconds from the start of somebody's fetch for which others wait for what it brings


class Unavailable(Exception):
    """The issuer's keys cannot be had. The message says which step failed, and nothing that was received."""


class KeySet:
    """The keys of one issuer. One thread at a time fetches them, the others use what is there."""

    def __init__(self, issuer: str, load: Callable[[], Keys], clock: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self._load = load
        self._clock = clock
        self._fetching = threading.Lock()
        self._keys: Keys = {}
        self._loaded_at = self._tried_at = float("-inf")

    def find(self, kid: str) -> VerificationKey | None:
        key = self._known(kid)
        if key is None:
            self._refresh(PATIENCE)
        elif self._clock() - self._loaded_at > FRESH:
            self._refresh(0)
        else:
            return key
        return self._known(kid)

    def _known(self, kid: str) -> VerificationKey | None:
        return self._keys.get(kid) if self._clock() - self._loaded_at <= STALE else None

    def _refresh(self, patience: float) -> None:
        since = self._clock() - self._tried_at
        left = patience - since if since < PAUSE else patience
        if not self._fetching.acquire(timeout=max(0, left)):
            return
        try:
            if self._clock() - self._tried_at < PAUSE:
                return
            self._tried_at = self._clock()
            self._keys = self._load()
            self._loaded_at = self._clock()
        except Unavailable as why:
            logger.warning("The keys of the issuer %s cannot be had: %s", self.issuer, why)
        finally:
            self._fetching.release()


@lru_cache(maxsize=64)  # more issuers than anybody names
def key_set(issuer: str, jwks: str) -> KeySet:
    """The keys of an issuer of the settings."""
    load = read if jwks and not jwks.startswith("https:") else fetch
    return KeySet(issuer, partial(load, issuer, jwks))


def read(_issuer: str, path: str) -> Keys:
    try:
        with Path(path).open("rb") as file:
            return keys_of(json.loads(file.read(BODY_LIMIT)))
    except OSError:
        raise Unavailable("the file cannot be read") from None
    except ValueError:
        raise Unavailable("the file is no JSON Web Key Set, or too large a one") from None


def fetch(issuer: str, jwks: str) -> Keys:
    """From the URL of the settings, or the one that the issuer's own configuration names; one deadline for both."""
    deadline = Deadline(settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT)
    ports = {HTTPS_PORT, urlsplit(jwks or issuer).port or HTTPS_PORT}  # which the operator named
    if not jwks:
        # OpenID Connect Discovery 1.0, section 4.3: it must say that it is this issuer's.
        configuration = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", deadline, ports)
        found = configuration.get("jwks_uri") if isinstance(configuration, dict) else None
        if not isinstance(found, str) or configuration.get("issuer") != issuer:
            raise Unavailable("discovery does not name this issuer and its keys")
        jwks = found
    try:
        return keys_of(_get(jwks, deadline, ports))
    except NotAKeySet:
        raise Unavailable("the answer is no JSON Web Key Set, or too large a one") from None


def _get(url: str, deadline: Deadline, ports: set[int]) -> Any:
    answer = ask(Question("GET", url, origin=""), deadline=deadline, ports=ports)
    if answer.kind is not Kind.JSON:
        raise Unavailable(answer.kind.value)
    if answer.status != 200:  # noqa: PLR2004
        raise Unavailable(f"status {answer.status}")
    return answer.json
