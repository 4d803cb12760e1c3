"""Machines before the running server: platforms' tokens fetch credentials, and what is ended is refused everywhere."""

import json
import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.access.issuers import AUDIENCE, Issuer, jwk, private_key, signed
from tests.live import ROOT, LiveServer
from tests.torture.test_revocation import ask, one_connection_to_each_worker
from tests.verification.certificates import Authority
from tests.verification.https_server import HTTPSServer

WORKERS = 4
WORKLOADS = ROOT / "docs" / "workloads.md"
ROUNDS = [3, pytest.param(25, marks=pytest.mark.torture)]
CLUSTER = "https://kubernetes.default.svc.cluster.local"
CREDENTIALS = "/v1/llm-provider/openai/credentials"


@pytest.fixture(scope="module")
def github(authority: Authority, loopback: Path) -> Iterator[Issuer]:
    found = Issuer()
    with HTTPSServer(loopback, found.answer) as server:
        found.serve(f"https://127.0.0.1:{server.port}")
        yield found


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, authority: Authority, github: Issuer) -> Iterator[LiveServer]:
    """Four workers that trust GitHub by discovery, and a cluster by its keys in a file."""
    directory = tmp_path_factory.mktemp("machines")
    (directory / "jwks.json").write_text(json.dumps({"keys": [jwk("rsa-of-the-cluster")]}))
    server = LiveServer(
        directory,
        WORKERS=str(WORKERS),
        LLM_PROVIDERS_DELIVERY="true",
        LLM_PROVIDERS_OUTBOUND_ALLOW="127.0.0.0/8",
        LLM_PROVIDERS_OUTBOUND_CA_FILE=str(authority.file),
        LLM_PROVIDERS_OIDC_ISSUERS=f"issuer={github.url} audience={AUDIENCE},"
        f" issuer={CLUSTER} audience={AUDIENCE} jwks={directory / 'jwks.json'}",
    )
    server.start()
    yield server
    server.stop()


class Client:
    def __init__(self, server: LiveServer, token: str) -> None:
        self.server = server
        self.token = token

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        found = answer.status, json.loads(answer.read())
        connection.close()
        return found

    def done(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self(method, path, body)
        assert status == 200, answer
        return answer


@pytest.fixture(scope="module")
def admin(live: LiveServer) -> Client:
    """The superuser, before whom openai is configured."""
    live.manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.contrib.auth.models import User; "
        "User.objects.filter(username='admin').exists() or User.objects.create_superuser('admin')",
    )
    client = Client(live, live.token("admin"))
    client.done("POST", "/v1/llm-providers", {"provider": "openai", "credentials": {"api_key": "sk-live-1"}})
    return client


# As kubelet writes it into a projected volume, with an audience of its own.
def of_kubernetes() -> str:
    now = int(time.time())
    claims = {
        "aud": [AUDIENCE],
        "exp": now + 3607,
        "iat": now,
        "iss": CLUSTER,
        "jti": "ea28ed49-2e11-4280-9ec5-bc3d1d84661a",
        "kubernetes.io": {
            "namespace": "billing",
            "node": {"name": "127.0.0.1", "uid": "58456cb0-dd00-45ed-b797-5578fdceaced"},
            "pod": {"name": "invoices-69cbfb9798-jv9gn", "uid": "778a530c-b3f4-47c0-9cd5-ab018fb64f33"},
            "serviceaccount": {"name": "invoices", "uid": "a087d5a0-e1dd-43ec-93ac-f13d89cd13af"},
            "warnafter": now + 3600,
        },
        "nbf": now,
        "sub": "system:serviceaccount:billing:invoices",
    }
    return signed({"alg": "RS256", "kid": "rsa-of-the-cluster"}, claims, private_key("rsa-of-the-cluster"))


# As a job of GitHub Actions is given it.
def of_github(issuer: Issuer) -> str:
    now = int(time.time())
    claims = {
        "jti": "example-id",
        "sub": "repo:octo-org/octo-repo:environment:prod",
        "environment": "prod",
        "aud": AUDIENCE,
        "ref": "refs/heads/main",
        "sha": "example-sha",
        "repository": "octo-org/octo-repo",
        "repository_owner": "octo-org",
        "actor_id": "12",
        "repository_visibility": "private",
        "repository_id": "74",
        "repository_owner_id": "65",
        "run_id": "example-run-id",
        "run_number": "10",
        "run_attempt": "2",
        "runner_environment": "github-hosted",
        "actor": "octocat",
        "workflow": "example-workflow",
        "head_ref": "",
        "base_ref": "",
        "event_name": "workflow_dispatch",
        "ref_type": "branch",
        "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main",
        "iss": issuer.url,
        "nbf": now - 600,
        "exp": now + 300,
        "iat": now,
    }
    header = {"typ": "JWT", "alg": "RS256", "x5t": "example-thumbprint", "kid": "rsa"}
    return signed(header, claims, private_key("rsa"))


def of_the_recipe(name: str) -> Any:
    """The machine as the document has it."""
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", WORKLOADS.read_text(), re.DOTALL)]
    (found,) = [block for block in blocks if block["name"] == name]
    return found


def machine(admin: Client, name: str, **values: Any) -> None:
    admin.done("POST", "/v1/machines", {"name": name, "permissions": ["use"], "providers": ["openai"]} | values)


def last_delivery(admin: Client) -> tuple[str, list[str]]:
    event = admin.done("GET", "/v1/audit-events?action=deliver&limit=1")["events"][0]
    return event["actor"], event["fields"]


def test_a_pod_fetches_a_credential_by_the_token_of_its_service_account(live: LiveServer, admin: Client) -> None:
    admin.done("POST", "/v1/machines", of_the_recipe("invoices"))
    answer = Client(live, of_kubernetes()).done("GET", CREDENTIALS)
    assert answer["environment"] == {"OPENAI_API_KEY": "sk-live-1"}
    assert last_delivery(admin) == (
        "machine:invoices",
        [f"issuer {CLUSTER}", "subject system:serviceaccount:billing:invoices"],
    )


def test_a_job_of_github_fetches_a_credential_by_its_token(live: LiveServer, admin: Client, github: Issuer) -> None:
    deploy = of_the_recipe("deploy")
    assert deploy["identities"][0]["issuer"] == "https://token.actions.githubusercontent.com"
    deploy["identities"][0]["issuer"] = github.url
    admin.done("POST", "/v1/machines", deploy)
    answer = Client(live, of_github(github)).done("GET", CREDENTIALS)
    assert answer["credentials"] == {"api_key": "sk-live-1"}
    assert last_delivery(admin) == (
        "machine:deploy",
        [f"issuer {github.url}", "subject repo:octo-org/octo-repo:environment:prod"],
    )


def revoke(admin: Client, name: str, key: str) -> None:
    admin.done("DELETE", f"/v1/machine/{name}/key/{key}")


def expire(admin: Client, _name: str, key: str) -> None:
    with_place = "UPDATE llm_providers_machinekey SET expires_at = created_at WHERE id = "
    connection = admin.server.connect()
    connection.execute(f"{with_place}'{key}'")
    connection.commit()
    connection.close()


def switch_off(admin: Client, name: str, _key: str) -> None:
    admin.done("PATCH", f"/v1/machine/{name}", {"enabled": False})


def delete(admin: Client, name: str, _key: str) -> None:
    admin.done("DELETE", f"/v1/machine/{name}")


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize("end", [revoke, expire, switch_off, delete])
def test_what_is_ended_is_refused_on_the_next_request_to_each_worker(
    live: LiveServer, admin: Client, end: Any, rounds: int
) -> None:
    with one_connection_to_each_worker(live, WORKERS) as connections:
        sockets = [connection.sock for connection in connections]
        assert len(sockets) == WORKERS
        for place in range(rounds):
            name = f"{end.__name__.replace('_', '-')}-{rounds}-{place}"
            machine(admin, name, permissions=["view"], providers=None)
            key = admin.done("POST", f"/v1/machine/{name}/keys", {"expires_in_days": 1})
            before = [ask(connection, key["key"]) for connection in connections]
            end(admin, name, key["id"])
            after = [ask(connection, key["key"]) for connection in connections]
            assert (before, after) == ([200] * WORKERS, [401] * WORKERS)
        assert [connection.sock for connection in connections] == sockets


@pytest.mark.parametrize("end", [switch_off, delete])
def test_a_workload_too_is_refused_on_the_next_request_to_each_worker(
    live: LiveServer, admin: Client, github: Issuer, end: Any
) -> None:
    with one_connection_to_each_worker(live, WORKERS) as connections:
        for place in range(3):
            name, subject = (
                f"workload-{end.__name__.replace('_', '-')}-{place}",
                f"repo:octo-org/{end.__name__}-{place}",
            )
            identity = {"issuer": github.url, "audience": AUDIENCE, "subject": subject}
            machine(admin, name, permissions=["view"], providers=None, identities=[identity])
            token = github.token(sub=subject)
            before = [ask(connection, token) for connection in connections]
            end(admin, name, "")
            after = [ask(connection, token) for connection in connections]
            assert (before, after) == ([200] * WORKERS, [401] * WORKERS)
