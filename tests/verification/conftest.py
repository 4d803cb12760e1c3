from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from llm_providers.providers.probe import Answer, Question
from llm_providers.verification.outbound import ask
from tests.verification.certificates import Authority
from tests.verification.https_server import Answering, HTTPSServer

HOST = "openai.test"
Serve = Callable[..., HTTPSServer]
Ask = Callable[..., Answer]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Path:
    return authority.issue(HOST)


@pytest.fixture(autouse=True)
def reachable(settings: Settings, authority: Authority) -> None:
    """Loopback may be asked, our authority is trusted, and nobody waits long."""
    settings.LLM_PROVIDERS_OUTBOUND_ALLOW = [ip_network("127.0.0.0/8")]
    settings.LLM_PROVIDERS_OUTBOUND_CA_FILE = str(authority.file)
    settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT = 5


@pytest.fixture
def serve(settings: Settings, certificate: Path) -> Iterator[Serve]:
    """Start a server in the place of api.openai.com; it is ended with the test."""
    with ExitStack() as servers:

        def start(answer: Answering, certificate: Path = certificate) -> HTTPSServer:
            server = servers.enter_context(HTTPSServer(certificate, answer))
            settings.LLM_PROVIDERS_ORIGINS = {"openai": f"https://{HOST}:{server.port}"}
            return server

        yield start


def to_loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def ask_openai(url: str = "https://api.openai.com/v1/models", **question: Any) -> Answer:
    return ask(Question(question.pop("method", "GET"), url, "openai", **question), look_up=to_loopback)
