"""Bytes that are not HTTP end in a bare refusal or a closed connection, within seconds and without an echo."""

import pytest

from tests.torture.conftest import Target
from tests.torture.corpus.case import CANARY
from tests.torture.corpus.malformed import MALFORMED, Malformed
from tests.torture.invariants import assert_contract, assert_silent
from tests.torture.wire import answers, converse

pytestmark = [pytest.mark.usefixtures("unharmed"), pytest.mark.once]


@pytest.mark.parametrize("malformed", MALFORMED, ids=lambda malformed: malformed.id)
def test_malformed_http_is_refused_in_seconds(target: Target, malformed: Malformed) -> None:
    sent = malformed.sent.replace(b"$token", target.access.encode())
    received = list(answers(converse(target.server.port, sent, cut=malformed.cut)))
    assert tuple(answer.status for answer in received) == malformed.statuses
    for answer in received:
        assert_silent(answer.text, CANARY, target.access)
        if "X-Request-ID" in answer.headers:
            assert_contract(answer)
        else:  # the server itself answered, before Django
            assert answer.status in (400, 414, 431)
            assert answer.body == b""
