"""A provider may answer anything: no probe stumbles over it, and none calls a key bad for what it does not know."""

from collections.abc import Generator
from itertools import product
from typing import Any

import pytest

from llm_providers.providers import PROVIDERS, Provider
from llm_providers.providers.probe import Answer, Finding, Kind, Model, Question, Reading
from llm_providers.verification.outcomes import Outcome, verdict
from tests.ways import name_of, through_each_way

pytestmark = pytest.mark.once

WAYS = [way for provider in PROVIDERS for way in through_each_way(provider)]
ODD: list[Any] = [None, True, 0, 1e300, "", "error", [], [[]], {}]
MEMBERS = ["error", "data", "models", "modelSummaries", "Error", "__type", "message", "access_token", "error_codes"]
SHAPES = [
    *ODD,
    *({member: odd} for member, odd in product(MEMBERS, ODD)),
    *({"error": {member: odd}} for member, odd in product(["code", "message", "status", "type", "details"], ODD)),
    *({member: [odd]} for member, odd in product(["data", "models", "modelSummaries", "error_codes"], ODD)),
    {"error": {"details": [{"reason": {}}, 7, None]}},
    {"object": "list", "data": [{"id": 1}, {"id": None}, None]},
    {"team_blocked": 1, "api_key_blocked": [], "api_key_disabled": {}},
]
STATUSES = [200, 204, 400, 401, 403, 404, 418, 429, 500]
# With which a provider says that a key is bad without having to say why, by the documents.
SAYS_ENOUGH = {
    (name, 401) for name in ("anthropic", "azure-api-key", "google", "google-vertex-api-key", "openai", "xai")
}
LOGGED_IN = Answer(Kind.JSON, 200, {}, {"access_token": "token", "expires_in": 3599})


def answered(probe: Generator[Question, Answer, Any], answer: Answer, *, login: bool) -> Any:
    """What comes of a probe that is answered so each time; a login may be answered well first."""
    try:
        question = next(probe)
        while True:
            asks_for_token = question.origin in ("google-token", "azure-login")
            question = probe.send(LOGGED_IN if login and asks_for_token else answer)
    except StopIteration as over:
        return over.value


@pytest.mark.parametrize("login", [True, False], ids=["logged in", "at the login"])
@pytest.mark.parametrize("provider", WAYS, ids=name_of)
def test_an_odd_answer_is_no_verdict_on_a_key(provider: type[Provider], login: bool) -> None:
    assert provider.verify
    credentials = PROVIDERS.clean(provider.slug, provider.example)
    called_bad = set()
    for shape, status in product(SHAPES, STATUSES):
        finding = answered(provider.verify(credentials), Answer(Kind.JSON, status, {}, shape), login=login)
        assert isinstance(finding, Finding)
        if verdict(provider, finding).outcome is Outcome.INVALID:
            called_bad.add((name_of(provider), status))
    assert called_bad <= SAYS_ENOUGH


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.JSON])
@pytest.mark.parametrize("provider", WAYS, ids=name_of)
def test_what_is_no_json_is_no_verdict_on_a_key(provider: type[Provider], kind: Kind) -> None:
    assert provider.verify
    credentials = PROVIDERS.clean(provider.slug, provider.example)
    for status in STATUSES:
        finding = answered(provider.verify(credentials), Answer(kind, status), login=True)
        outcome = verdict(provider, finding).outcome
        assert outcome is not Outcome.INVALID or finding.reading is Reading.UNUSABLE_KEY
        assert outcome is not Outcome.VALID


@pytest.mark.parametrize("provider", WAYS, ids=name_of)
def test_an_odd_list_holds_no_odd_model(provider: type[Provider]) -> None:
    assert provider.list_models
    credentials = PROVIDERS.clean(provider.slug, provider.example)
    for shape in SHAPES:
        found = answered(provider.list_models(credentials), Answer(Kind.JSON, 200, {}, shape), login=True)
        assert isinstance(found, Finding) or all(isinstance(model, Model) for model in found)
