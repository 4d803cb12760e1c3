"""What schemathesis makes of our own document is answered as the document says."""

import itertools
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest

from tests.torture.conftest import PASSWORD, Target
from tests.torture.corpus.case import Case
from tests.torture.document import examples, with_links
from tests.torture.invariants import assert_calm, assert_contract, assert_silent
from tests.torture.wire import Answer

hypothesis, schemathesis = [
    pytest.importorskip(name, reason="needs `pip install -r requirements-dev.txt`")
    for name in ("hypothesis", "schemathesis")
]

SEED = 7141
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
TAKE_EXAMPLES = ("createLlmProvider", "updateLlmProvider", "patchLlmProvider")
SETTINGS = hypothesis.settings(
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


class Fuzzer:
    """Asks what the document allows, and what it does not, and judges each answer."""

    def __init__(self, target: Target) -> None:
        self.target = target
        published = schemathesis.openapi.from_url(f"{target.server.url}/openapi.json").raw_schema
        self.document = published
        refused = target.ask(Case("nothing", 404, path="/v1/nothing"))
        self.ours = f"{published} {refused.text}".lower()  # what stands in an answer whoever asks
        self.schema = schemathesis.openapi.from_dict(with_links(published))
        self.schema.config.update(base_url=target.server.url)
        self.schema.hook("flatmap_case")(lambda context, case: self.body_or_right_body(case))
        self.checks = schemathesis.checks.CHECKS.get_by_names(CHECKS)
        self.statuses: Counter[tuple[str, int]] = Counter()

    def body_or_right_body(self, case: Any) -> Any:
        """Make half of the cases right: what is merely of the right form is mostly refused."""
        unchanged = hypothesis.strategies.just(case)
        bodies = self.right_bodies(case) if case.meta.generation.mode.is_positive else []
        if not bodies:
            return unchanged
        right, unconditional = hypothesis.strategies.sampled_from(bodies), hypothesis.strategies.booleans()
        return unchanged | hypothesis.strategies.builds(corrected, unchanged, right, unconditional)

    def right_bodies(self, case: Any) -> list[dict[str, Any]]:
        operation = case.operation.definition.raw["operationId"]
        if operation == "createToken":
            return [{"username": "bob", "password": PASSWORD}]
        if operation == "deleteLlmProvider":
            return [case.body]
        provider = case.path_parameters.get("provider")
        return examples(self.document, operation, provider) if operation in TAKE_EXAMPLES else []

    def round(self, seed: int, size: int) -> None:
        """Ask each operation for what is right and what is wrong, with a token and without."""
        operations = [result.ok() for result in self.schema.get_all_operations()]
        callers = [{"Authorization": f"Bearer {self.target.access}"}, {}]
        for operation, mode, headers in itertools.product(operations, schemathesis.GenerationMode, callers):
            if operation.label == "POST /v1/llm-providers":
                self.target.server.clear()
            elif headers:
                self.target.fill()
            self.ask(operation, mode, headers, seed, size)

    def ask(self, operation: Any, mode: Any, headers: dict[str, str], seed: int, size: int) -> None:
        def each(case: Any) -> None:
            self.judge(case, case.call(headers=headers, timeout=10))

        generated = hypothesis.given(operation.as_strategy(generation_mode=mode))
        hypothesis.seed(seed)(hypothesis.settings(SETTINGS, max_examples=size)(generated(each)))()

    def walk(self, seed: int, size: int) -> None:
        """Follow the answers: each walk starts with nothing stored, and lives with what it stored."""
        fuzzer = self

        class Walk(self.schema.as_state_machine()):  # type: ignore[misc]
            def setup(self) -> None:
                fuzzer.target.server.clear()

            def get_call_kwargs(self, _case: Any) -> dict[str, Any]:
                return {"headers": {"Authorization": f"Bearer {fuzzer.target.access}"}, "timeout": 10}

            def validate_response(self, response: Any, case: Any, **_kwargs: Any) -> None:
                fuzzer.judge(case, response)

        settings = hypothesis.settings(SETTINGS, max_examples=size, stateful_step_count=30)
        hypothesis.seed(seed)(Walk).run(settings=settings)

    def judge(self, case: Any, response: Any) -> None:
        self.statuses[case.operation.label, response.status_code] += 1
        case.validate_response(response, checks=self.checks)
        answer = Answer(response.status_code, Message(), response.content)
        for name, values in response.headers.items():
            for value in values:
                answer.headers[name] = value
        assert_contract(answer, body_expected=case.method != "HEAD")
        if answer.status not in (200, 304):
            sent = strings([case.body, case.query, case.path_parameters, dict(case.headers or {})])
            assert_silent(answer.text, *{text for text in sent if len(text) > 8 and text.lower() not in self.ours})

    def report(self) -> None:
        totals: Counter[int] = Counter()
        for (label, status), number in sorted(self.statuses.items()):
            totals[status] += number
            print(f"\n{label}:" if (label, status) == min(k for k in self.statuses if k[0] == label) else "", end=" ")
            print(f"{status} x {number}", end="")
        print(f"\n{totals.total()} requests, answered {dict(sorted(totals.items()))}")


def corrected(case: Any, body: Any, unconditional: bool) -> Any:
    case.body = body
    if unconditional:
        case.headers.pop("If-Match", None)
    return case


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)


# Requests, and in one go: examples for each operation, mode and caller; walks.
@pytest.mark.once
@pytest.mark.parametrize(
    ("wanted", "examples_each", "walks"), [(100, 3, 6), pytest.param(5000, 10, 40, marks=pytest.mark.torture)]
)
@pytest.mark.parametrize("way", ["operation by operation", "from answer to answer"])
def test_generated_requests_are_answered_as_documented(
    target: Target, way: str, wanted: int, examples_each: int, walks: int
) -> None:
    fuzzer, logged = Fuzzer(target), target.log_size()
    for seed in itertools.count(SEED):
        if way == "operation by operation":
            fuzzer.round(seed, examples_each)
        else:
            fuzzer.walk(seed, walks)
        assert target.list().status == 200
        if fuzzer.statuses.total() >= wanted:
            break
    fuzzer.report()
    assert_calm(target.log_since(logged))
