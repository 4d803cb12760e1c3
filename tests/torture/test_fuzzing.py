"""What schemathesis makes of our own document is answered as the document says."""

import itertools
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest

from tests.torture.conftest import Target
from tests.torture.invariants import assert_calm, assert_contract, assert_silent
from tests.torture.wire import Answer

hypothesis, schemathesis = [
    pytest.importorskip(name, reason="needs `pip install -r requirements-dev.txt`")
    for name in ("hypothesis", "schemathesis")
]

SEED = 7141
EXAMPLES = 10  # requests for each operation, mode and caller in one round
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


class Fuzzer:
    def __init__(self, target: Target) -> None:
        self.target = target
        self.schema = schemathesis.openapi.from_url(f"{target.server.url}/openapi.json")
        self.published = str(self.schema.raw_schema)
        self.checks = schemathesis.checks.CHECKS.get_by_names(CHECKS)
        self.statuses: Counter[int] = Counter()

    def round(self, seed: int) -> None:
        """Ask each operation for what is right and what is wrong, with a token and without."""
        self.target.server.clear()
        operations = [result.ok() for result in self.schema.get_all_operations()]
        callers = [{"Authorization": f"Bearer {self.target.access}"}, {}]
        for operation, mode, headers in itertools.product(operations, schemathesis.GenerationMode, callers):
            self.ask(operation, mode, headers, seed)

    def ask(self, operation: Any, mode: Any, headers: dict[str, str], seed: int) -> None:
        def each(case: Any) -> None:
            response = case.call(headers=headers, timeout=10)
            self.statuses[response.status_code] += 1
            case.validate_response(response, checks=self.checks)
            self.judge(case, response)

        generated = hypothesis.given(operation.as_strategy(generation_mode=mode))
        hypothesis.seed(seed)(SETTINGS(generated(each)))()

    def judge(self, case: Any, response: Any) -> None:
        answer = Answer(response.status_code, Message(), response.content)
        for name, values in response.headers.items():
            for value in values:
                answer.headers[name] = value
        assert_contract(answer, body_expected=case.method != "HEAD")
        if answer.status != 200:
            sent = strings([case.body, case.query, case.path_parameters, dict(case.headers or {})])
            assert_silent(answer.text, *{text for text in sent if len(text) > 8 and text not in self.published})


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)


@pytest.mark.parametrize("wanted", [200, pytest.param(5000, marks=pytest.mark.torture)])
def test_generated_requests_are_answered_as_documented(target: Target, wanted: int) -> None:
    fuzzer, logged = Fuzzer(target), target.log_size()
    for seed in itertools.count(SEED):
        fuzzer.round(seed)
        assert target.list().status == 200
        if fuzzer.statuses.total() >= wanted:
            break
    print(f"\n{fuzzer.statuses.total()} requests, answered {dict(sorted(fuzzer.statuses.items()))}")
    assert_calm(target.log_since(logged))
