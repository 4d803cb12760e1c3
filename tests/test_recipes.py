"""The recipes of the README and of docs/delivery.md, run against the running service."""

import json
import re
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import yaml

from llm_providers.environment import environment_of
from llm_providers.providers import PROVIDERS
from tests.live import LiveServer
from tests.test_readme import README, ROOT, section

pytestmark = pytest.mark.once

USE = section("Use the credentials")
RECIPES = (ROOT / "docs" / "delivery.md").read_text()
BILLING = ("create_machine_key", "billing", "--permission", "use", "--all-providers")


def python(title: str) -> str:
    (block,) = re.findall(r"```python\n(.*?)```", section(title, RECIPES), re.DOTALL)
    return str(block)


class Service:
    """The service with delivery switched on, and a program that may fetch from it."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.admin = server.token()
        self.token = ""

    def clear(self) -> None:
        """Start over with nothing but the program's machine, and a key of it."""
        self.server.clear()
        self.token = self.server.manage(*BILLING).strip()

    def ask(self, method: str, path: str, body: Any) -> None:
        headers = {"Authorization": f"Bearer {self.admin}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.server.url + path, json.dumps(body).encode(), headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200

    def store(self, slug: str, **credentials: Any) -> None:
        credentials = credentials or PROVIDERS.get(slug).example
        self.ask("POST", "/v1/llm-providers", {"provider": slug, "credentials": credentials})

    def rotate(self, slug: str, **credentials: Any) -> None:
        self.ask("PATCH", f"/v1/llm-provider/{slug}", {"credentials": credentials})

    def run(self, block: str) -> dict[str, Any]:
        """Execute a recipe; return its names."""
        names: dict[str, Any] = {"__name__": "recipe", "URL": self.server.url, "TOKEN": self.token}
        exec(block, names)
        return names


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    live = LiveServer(tmp_path_factory.mktemp("recipes"), LLM_PROVIDERS_DELIVERY="true")
    live.start()
    yield Service(live)
    live.stop()


@pytest.fixture
def service(running: Service) -> Service:
    running.clear()
    return running


@pytest.fixture
def provider_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """OpenAI's API on loopback; the keys it was asked with."""
    keys: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.append(self.headers["Authorization"])
            body = b'{"object": "list", "data": []}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    fake = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=fake.serve_forever).start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{fake.server_port}")
    yield keys
    fake.shutdown()
    fake.server_close()


def test_curl_and_jq_print_the_key(service: Service) -> None:
    if not (shutil.which("curl") and shutil.which("jq")):
        pytest.skip("needs curl and jq")
    service.store("openai", api_key="sk-canary")
    (command,) = re.findall(r"^curl .* \| jq .*$", USE, re.MULTILINE)
    command = command.replace("http://127.0.0.1:8000", service.server.url)
    done = subprocess.run(["sh", "-c", command], env={"KEY": service.token}, capture_output=True, text=True, check=True)
    assert done.stdout == "sk-canary\n"


def test_an_openai_client_follows_a_rotation_without_being_made_anew(service: Service, provider_api: list[str]) -> None:
    pytest.importorskip("openai", reason="needs `pip install openai`")
    service.store("openai", api_key="sk-first")
    names = service.run(python("OpenAI"))
    with names["client"] as client, names["delivered"].client:
        client.models.list()
        client.models.list()
        service.rotate("openai", api_key="sk-second")
        client.models.list()
    assert provider_api == ["Bearer sk-first", "Bearer sk-first", "Bearer sk-second"]
    assert service.server.query("SELECT count(*) FROM llm_providers_auditevent WHERE action = 'deliver'") == [(2,)]


def test_boto3_signs_with_what_is_delivered(service: Service) -> None:
    pytest.importorskip("boto3", reason="needs `pip install boto3`")
    service.store("amazon-bedrock")
    example = PROVIDERS.get("amazon-bedrock").example
    credentials = service.run(python("boto3"))["bedrock"]._request_signer._credentials.get_frozen_credentials()
    assert credentials.access_key == example["aws_access_key_id"]
    assert credentials.secret_key == example["aws_secret_access_key"]


@pytest.mark.parametrize("slug", PROVIDERS.slugs())
def test_the_request_of_the_external_secrets_operator_is_answered_with_what_it_takes(
    service: Service, slug: str
) -> None:
    service.store(slug)
    (manifest,) = re.findall(r"```yaml\n(.*?)```", RECIPES, re.DOTALL)
    store, secret = yaml.safe_load_all(manifest)
    webhook = store["spec"]["provider"]["webhook"]
    assert secret["spec"]["secretStoreRef"]["name"] == store["metadata"]["name"]
    url = webhook["url"].replace("{{ .remoteRef.key }}", slug).replace("https://llm-providers.example.com", "")
    headers = {name: value.replace("{{ .auth.token }}", service.token) for name, value in webhook["headers"].items()}
    assert "{{" not in url + str(headers)
    request = urllib.request.Request(service.server.url + url, headers=headers, method=webhook["method"])
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = json.load(answer)
    path = webhook["result"]["jsonPath"].removeprefix("$.")
    written, _unset = environment_of(PROVIDERS.get(slug), PROVIDERS.clean(slug, PROVIDERS.get(slug).example))
    assert body[path] == written
    assert all(isinstance(value, str) for value in body[path].values())  # a Secret holds strings


def test_the_code_for_this_project_compiles() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", USE, re.DOTALL)
    compile(block, "recipe", "exec")


def test_the_commands_that_are_named_exist() -> None:
    commands = ROOT / "llm_providers" / "management" / "commands"
    ours = {path.stem for path in commands.glob("[a-z]*.py")}
    assert ours <= set(re.findall(r"(?:manage\.py |`)([a-z_]+)", README))
