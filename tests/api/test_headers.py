import io

import pytest

from tests.client import API

pytestmark = pytest.mark.django_db

PATHS = ["/v1/llm-providers", "/v1/llm-provider/openai", "/v1/nope", "/v1/token"]


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_is_cached_or_sniffed(api: API, path: str) -> None:
    response = api.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("offered", ["a", "deploy-7.2_x", "A" * 64])
def test_an_acceptable_request_id_is_taken_over(api: API, offered: str) -> None:
    assert api.get("/v1/nope", **{"X-Request-ID": offered}).headers["X-Request-ID"] == offered


@pytest.mark.parametrize("offered", ["", "A" * 65, "a b", "a\u00e9", "a;b", "a/b", "\u0661"])
def test_any_other_request_id_is_replaced(api: API, offered: str) -> None:
    given = api.get("/v1/nope", **{"X-Request-ID": offered}).headers["X-Request-ID"]
    assert given != offered
    assert len(given) == 32


def test_a_path_is_not_logged(api: API, log: io.StringIO) -> None:
    api.get("/v1/llm-provider/sk-pasted-here")
    api.get("/v1/sk-pasted-here?key=sk-pasted-here")
    logged = log.getvalue()
    assert "GET /v1/llm-provider/<str:provider> 404" in logged
    assert "sk-pasted-here" not in logged
