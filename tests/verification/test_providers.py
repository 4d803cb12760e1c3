import io
import logging

import pytest

from llm_providers.verification.run import verify
from tests.verification.cases import CASES, Case
from tests.verification.conftest import StartFake
from tests.verification.fakes import CANARY

pytestmark = pytest.mark.once


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_answer_gets_its_outcome(
    case: Case, fake: StartFake, log: io.StringIO, caplog: pytest.LogCaptureFixture
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
