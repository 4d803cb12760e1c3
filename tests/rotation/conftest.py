import pytest
from pytest_django import Settings

from tests.rotation.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture(autouse=True)
def delivery_is_on(settings: Settings) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True
