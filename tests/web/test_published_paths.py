"""The paths of the published curl examples answer as those of the published page."""

import pytest

from tests.api.test_create import PUBLISHED
from tests.client import API
from tests.live import LiveServer

pytestmark = pytest.mark.django_db


def test_a_configuration_is_created_and_read_under_both(api: API) -> None:
    created = api.post("/api/v1/llm-providers", PUBLISHED)
    assert created.status_code == 200
    for path in ("/v1", "/api/v1"):
        assert api.get(f"{path}/llm-provider/openai").json() == created.json()
        assert api.post(f"{path}/llm-providers", PUBLISHED).status_code == 409


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/llm-providers/"])
def test_an_unknown_path_has_the_same_error_body(path: str) -> None:
    answer = API().get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/api/v12", "/api", "/api/docs", "/api/api/v1/llm-providers", "/apiv1"])
def test_nothing_else_is_under_api(path: str) -> None:
    answer = API().get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_the_running_server_reads_a_chunked_body_there(server: LiveServer) -> None:
    import httpx

    chunks = iter([b'{"username": "nobody", ', b'"password": "no password of anybody"}'])
    headers = {"Content-Type": "application/json"}
    assert httpx.post(f"{server.url}/api/v1/token", content=chunks, headers=headers).status_code == 401
