"""Asks what a declaration wants asked. Holds no database connection meanwhile, and a bounded number of threads."""

import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from rest_framework.exceptions import Throttled

from llm_providers.providers import PROVIDERS, Provider
from llm_providers.providers.probe import Answer, Finding, GoogleAssertion, Kind, Model, Question, Reading
from llm_providers.verification.connection import Deadline
from llm_providers.verification.model_list import harmless
from llm_providers.verification.outbound import ask, placed
from llm_providers.verification.outcomes import Verdict, verdict
from llm_providers.verification.signing import UnusableKey, signed_for_aws, signed_for_google

T = TypeVar("T")
BUSY_SECONDS = 10

# Of each process: questions that hang must leave threads to the rest of the API.
_places = threading.BoundedSemaphore(settings.LLM_PROVIDERS_OUTBOUND_THREADS)


class Busy(Throttled):
    """This process waits for as many providers as it may."""

    sentence = "Too many providers are being asked at the moment. Try again in a few seconds."

    def __init__(self) -> None:
        super().__init__()
        self.wait = BUSY_SECONDS


def verify(slug: str, credentials: Mapping[str, Any]) -> Verdict:
    """Ask the provider what it thinks of these credentials; raises Busy."""
    provider = PROVIDERS.get(slug)
    if provider.verify is None:
        return verdict(provider, Finding(Reading.NO_PROBE))
    with _place():
        return verdict(provider, run(provider.verify(credentials)))


def list_models(slug: str, credentials: Mapping[str, Any]) -> list[Model] | Verdict:
    """The models that these credentials open, or why there are none to list; raises Busy."""
    provider: type[Provider] = PROVIDERS.get(slug)
    if provider.list_models is None:
        return verdict(provider, Finding(Reading.NO_PROBE))
    sent: list[str] = []
    with _place():
        found = run(provider.list_models(credentials), sent)
    if isinstance(found, Finding):
        return verdict(provider, found)
    return harmless(found, [*_secrets(provider, credentials), *sent])


def _secrets(provider: type[Provider], credentials: Mapping[str, Any]) -> Iterator[str]:
    for name, field in provider.Credentials.declared().items():
        if field.masked and name in credentials:
            yield from field.secrets(credentials[name])


@contextmanager
def _place() -> Generator[None, None, None]:
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        if not connection.in_atomic_block:
            connection.close()  # back to the pool, for as long as the provider takes
        yield
    finally:
        _places.release()


def run(probe: Generator[Question, Answer, T], sent: list[str] | None = None) -> T:
    """Put the questions of a probe; one deadline bounds all of them.

    ``sent`` takes what they are authorized by: a token that a login host gave is in no credential.
    """
    deadline = Deadline(settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT)
    try:
        question = next(probe)
        while True:
            if sent is not None and "Authorization" in question.headers:
                sent.append(question.headers["Authorization"])
            question = probe.send(put(question, deadline))
    except StopIteration as over:
        found: T = over.value
        return found


def put(question: Question, deadline: Deadline) -> Answer:
    if question.again:
        time.sleep(settings.LLM_PROVIDERS_OUTBOUND_PAUSE)
    question = placed(question)
    try:
        signature = question.signature
        if isinstance(signature, GoogleAssertion):
            question = signed_for_google(question, signature)
        elif signature is not None:
            question = signed_for_aws(question, signature)
    except UnusableKey:
        return Answer(Kind.UNSIGNABLE)
    return ask(question, deadline=deadline)
