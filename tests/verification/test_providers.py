import io
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import Settings

from llm_providers.verification.run import verify
from tests.verification.cases import CASES, Case
from tests.verification.certificates import Authority
from tests.verification.fakes import CANARY, Fake
from tests.verification.https_server import HTTPSServer

pytestmark = pytest.mark.once


@pytest.fixture(scope="session")
def loopback(authority: Authority) -> Path:
    return authority.issue("127.0.0.1")


@pytest.fixture
def fake(settings: Settings, loopback: Path) -> Iterator[Callable[[Case], Fake]]:
    """The provider of a case, under all the names it is asked by."""
    settings.LLM_PROVIDERS_OUTBOUND_PAUSE = 0
    with ExitStack() as servers:

        def start(case: Case) -> Fake:
            replies = {
                start: list(reply) if isinstance(reply, list) else reply for start, reply in case.replies.items()
            }
            answering = Fake(replies, case.door.authenticated)
            server = servers.enter_context(HTTPSServer(loopback, answering))
            settings.LLM_PROVIDERS_ORIGINS = dict.fromkeys(case.door.origins, f"https://127.0.0.1:{server.port}")
            return answering

        yield start


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_answer_gets_its_outcome(
    case: Case, fake: Callable[[Case], Fake], log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = fake(case)
    verdict = verify(case.door.provider, case.door.credentials)
    assert (verdict.outcome, verdict.field) == (case.outcome, case.field)
    assert case.remedy in verdict.message
    assert all(not replies for replies in asked.replies.values() if isinstance(replies, list))
    assert CANARY not in repr(verdict) + log.getvalue() + caplog.text
    assert not any(CANARY in request.target for request in asked.received)


def test_there_are_enough_cases() -> None:
    assert len({str(case) for case in CASES}) == len(CASES) >= 90
