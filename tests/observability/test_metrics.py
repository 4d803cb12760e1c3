"""What Prometheus is told, read by its own client library's parser."""

import http.client
import os
import re
import signal
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from llm_providers import VERSION
from llm_providers.models import LLMProviderConfig
from llm_providers.observability.exporter import PREFIX, directory_to_count_in
from llm_providers.observability.stored import Stored
from llm_providers.providers import get_provider
from tests.client import API, api_for, holder_of
from tests.factories import stored
from tests.live import ROOT, LiveServer, free_port
from tests.processes import listening_worker, workers_of

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
CANARY = "sk-canary-7f3a9c2e5b8d"


class Measured(LiveServer):
    def __init__(self, directory: Path) -> None:
        self.metrics_port = free_port()
        super().__init__(directory, METRICS_PORT=str(self.metrics_port), WORKERS="2", LLM_PROVIDERS_DELIVERY="true")

    def scrape(self) -> str:
        deadline = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as answer:
                    text: str = answer.read().decode()
                    return text
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.1)


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, tuple(sorted(labels.items()))]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    server = Measured(tmp_path_factory.mktemp("measured"))
    server.start()
    yield server
    server.stop()


def test_two_workers_count_a_thousand_requests_to_the_last(measured: Measured) -> None:
    route = {"method": "GET", "route": "/v1/llm-provider/<str:provider>"}
    token = measured.token()

    def ask(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", measured.port)
        for number in range(125):
            path = f"/v1/llm-provider/{'openai' if number % 2 else CANARY}?{CANARY}"
            headers = {"Authorization": f"Bearer {token if client % 4 else CANARY}", "X-Request-ID": CANARY}
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
        connection.close()

    with ThreadPoolExecutor(8) as clients:
        list(clients.map(ask, range(8)))
    text = measured.scrape()
    found = samples(text)
    counted = {
        status: value(found, "llm_providers_requests_total", **route, status=str(status)) for status in (400, 401)
    }
    assert counted == {400: 750, 401: 250}
    assert value(found, "llm_providers_request_seconds_count", **route) == 1000
    assert value(found, "llm_providers_build_info", version=VERSION, **versions(found)) == 1
    assert CANARY not in text


def versions(found: Samples) -> dict[str, str]:
    (labels,) = [dict(labels) for name, labels in found if name == "llm_providers_build_info"]
    return {"python": labels["python"], "django": labels["django"]}


@pytest.mark.once
def test_when_the_worker_that_serves_them_ends_another_one_does(measured: Measured) -> None:
    before = answers_counted(measured)
    listening = listening_worker(measured.metrics_port, workers_of(measured))
    os.kill(listening, signal.SIGKILL)
    assert answers_counted(measured) >= before
    measured.wait()
    deadline = time.monotonic() + 30
    while len(set(workers_of(measured)) - {listening}) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answers_counted(measured: Measured) -> float:
    found = samples(measured.scrape())
    return sum(count for (name, _labels), count in found.items() if name == "llm_providers_requests_total")


@pytest.mark.django_db
def test_what_is_stored_is_told_by_provider_and_key() -> None:
    stored("openai", get_provider("openai").example)
    stored("xai", get_provider("xai").example)
    soon = timezone.now() + timedelta(days=2)
    LLMProviderConfig.objects.filter(provider="xai").update(enabled=False, expires_at=soon)
    broken = stored("anthropic", get_provider("anthropic").example)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE llm_providers_llmproviderconfig SET credentials = %s WHERE id = %s", [b"gAAAAA", broken.pk]
        )
    registry = CollectorRegistry()
    registry.register(Stored())
    told = {
        (sample.name.removeprefix("llm_providers_"), *sample.labels.values()): sample.value
        for family in registry.collect()
        for sample in family.samples
    }
    assert told["database_up",] == 1
    assert [told["configuration_enabled", slug] for slug in ("openai", "xai", "anthropic")] == [1, 0, 1]
    assert [told["configuration_readable", slug] for slug in ("openai", "xai", "anthropic")] == [1, 1, 0]
    assert told["configuration_verified", "openai", "none"] == 1
    assert [told["configuration_due", slug] for slug in ("openai", "xai", "anthropic")] == [0, 1, 0]
    assert {labels[1]: round(value) for labels, value in told.items() if labels[0].endswith("in_days")} == {"xai": 2}
    made = {labels[1]: told[labels] for labels in told if labels[0] == "sealed"}
    assert made.pop("none") == 1
    assert list(made.values()) == [2]


@pytest.mark.django_db
def test_of_a_database_that_is_away_it_is_told_that_it_is() -> None:
    def away(*_args: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(away):
        told = {family.name: [sample.value for sample in family.samples] for family in Stored().collect()}
    assert told == {"llm_providers_build_info": [1], "llm_providers_database_up": [0]}


@pytest.mark.django_db
def test_deliveries_and_lock_outs_are_counted(settings: Settings) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True
    stored("openai", get_provider("openai").example)
    billing = api_for(holder_of("use_llmproviderconfig"))
    counted = {"llm_providers_deliveries_total": {"provider": "openai"}, "llm_providers_lock_outs_total": {}}
    before = [REGISTRY.get_sample_value(name, labels) or 0 for name, labels in counted.items()]
    etag = billing.get("/v1/llm-provider/openai/credentials").headers["ETag"]
    billing.get("/v1/llm-provider/openai/credentials", **{"If-None-Match": etag})
    for _failure in range(8):
        API().post("/v1/token", {"username": "grace", "password": "wrong"})
    assert [REGISTRY.get_sample_value(name, labels) for name, labels in counted.items()] == [n + 1 for n in before]


def test_machines_that_are_not_let_in_are_counted_by_what_they_sent() -> None:
    mistyped = "llmp_k7f3q9x2m4p8_" + "x" * 49
    API(mistyped).get("/v1/llm-providers")
    before = REGISTRY.get_sample_value("llm_providers_refused_machines_total", {"kind": "mistyped"})
    assert before
    assert API(mistyped).get("/v1/llm-providers").status_code == 401
    counted = REGISTRY.get_sample_value("llm_providers_refused_machines_total", {"kind": "mistyped"})
    assert counted == before + 1


def named_in(file: str) -> set[str]:
    return set(re.findall(r"llm_providers_\w+", (ROOT / "deploy" / file).read_text(encoding="utf-8")))


@pytest.mark.django_db
@pytest.mark.parametrize("file", ["prometheus-alerts.yaml", "grafana-dashboard.json"])
def test_every_metric_that_is_handed_out_exists(file: str) -> None:
    collected = [*REGISTRY.collect(), *Stored().collect()]
    there = {family.name + suffix for family in collected for suffix in ("", "_total", "_bucket")}
    assert named_in(file) - there == set()
    assert len(named_in(file)) > 5


@pytest.mark.once
def test_the_version_is_the_one_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


@pytest.mark.once
def test_a_directory_of_a_process_that_is_gone_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = tmp_path / f"{PREFIX}4194305-x"  # no process has this number
    gone.mkdir()
    mine = Path(directory_to_count_in())
    assert [path.name for path in tmp_path.iterdir()] == [mine.name]
    assert mine.name.startswith(f"{PREFIX}{os.getpid()}-")
    assert mine.stat().st_mode & 0o777 == 0o700
