from datetime import datetime

import pytest

from tests.client import API

pytestmark = pytest.mark.django_db


def test_the_status_tells_everything_but_credentials(api: API) -> None:
    api.post("/v1/llm-providers", {"provider": "xai", "credentials": {"api_key": "xai-1"}})
    api.put("/v1/llm-provider/xai", {"enabled": False})
    status = api.get("/v1/llm-provider/xai/status").json()
    created, updated = (datetime.fromisoformat(status.pop(name)) for name in ("created_at", "updated_at"))
    assert created < updated
    assert status == {
        "provider": "xai",
        "enabled": False,
        "readable": True,
        "version": 2,
        "updated_by": "admin",
        "verification": None,
        "due": False,
        "due_at": None,
    }


@pytest.mark.parametrize("provider", ["xai", "nope"])
def test_what_is_not_configured_has_no_status(api: API, provider: str) -> None:
    assert api.get(f"/v1/llm-provider/{provider}/status").status_code == 404
