"""One provider has one configuration, however many create it at once."""

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from llm_providers.providers import PROVIDERS, Provider
from tests.live import LiveServer
from tests.torture.conftest import mostly_torture
from tests.torture.corpus.case import CREATE, LIST, Case
from tests.torture.crowd import Crowd, crowd
from tests.torture.wire import answers, converse

ROUNDS = 3


@pytest.fixture(scope="module")
def eight_processes() -> Iterator[Crowd]:
    with crowd(8) as processes:
        yield processes


@pytest.mark.parametrize("provider", mostly_torture(list(PROVIDERS), 7), ids=lambda provider: provider.slug)
def test_of_200_simultaneous_creates_one_wins(
    server: LiveServer, eight_processes: Crowd, provider: type[Provider]
) -> None:
    token = server.token()
    body = json.dumps({"provider": provider.slug, "credentials": provider.example}).encode()
    create = Case("create", 200, "POST", CREATE, body=body).request(token)
    for _ in range(ROUNDS):
        server.clear()
        statuses = eight_processes.ask(server.port, [create] * 200)
        assert Counter(statuses) == {200: 1, 409: 199}
        events = server.query("SELECT action, provider, actor FROM llm_providers_auditevent")
        assert [tuple(event) for event in events] == [("create", provider.slug, "admin")]
        (listed,) = answers(converse(server.port, Case("list", 200, path=LIST).request(token)))
        assert [config["provider"] for config in json.loads(listed.body)["providers"]] == [provider.slug]
