"""The running service before a fake of OpenAI that refuses each key with "bad" in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.live import LiveServer
from tests.verification.certificates import Authority
from tests.verification.https_server import HTTPSServer, Received, Reply

CONSUMER = """
from django.contrib.auth.models import Group, User
User.objects.create_user("billing").groups.add(Group.objects.get(name="LLM provider consumers"))
"""


def openai(request: Received) -> Reply:
    if "bad" in request.headers.get("authorization", "bad"):
        return Reply(401, {"error": {"code": "invalid_api_key", "message": "Incorrect API key provided."}})
    return Reply(200, {"object": "list", "data": []})


@contextmanager
def live_server(directory: Path, **environment: Any) -> Iterator[LiveServer]:
    authority = Authority(directory)
    with HTTPSServer(authority.issue("127.0.0.1"), openai) as fake:
        server = LiveServer(
            directory,
            LLM_PROVIDERS_DELIVERY="true",
            LLM_PROVIDERS_ORIGINS=f"openai=https://127.0.0.1:{fake.port}",
            LLM_PROVIDERS_OUTBOUND_ALLOW="127.0.0.0/8",
            LLM_PROVIDERS_OUTBOUND_CA_FILE=str(authority.file),
            LLM_PROVIDERS_VERIFY_LIMIT_PER_USER="10000",
            LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER="10000",
            **environment,
        )
        server.start()
        try:
            server.manage("shell", "--no-imports", "-c", CONSUMER)
            yield server
        finally:
            server.stop()
