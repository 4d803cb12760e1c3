"""Two servers behind a real nginx that is configured as we say."""

import socket
import ssl
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.proxy import NAME, NGINX, Proxy
from tests.live import LiveServer, restartable_postgresql

if TYPE_CHECKING:
    import httpx

pytestmark = [
    pytest.mark.torture,
    pytest.mark.skipif(not NGINX, reason="needs nginx"),
]


class Site:
    """What a client knows: one name, TLS, and nothing of the servers behind it."""

    def __init__(self, proxy: Proxy, servers: list[LiveServer]) -> None:
        import httpx

        self.proxy, self.servers = proxy, servers
        self.url = f"https://127.0.0.1:{proxy.tls_port}"
        self.trust = ssl.create_default_context(cafile=str(proxy.directory / "llm-providers.crt"))
        self.client = httpx.Client(verify=self.trust, base_url=self.url, timeout=30)

    def ask(self, method: str, path: str, **options: Any) -> "httpx.Response":
        headers = {"Host": NAME} | options.pop("headers", {})
        return self.client.request(method, path, headers=headers, extensions={"sni_hostname": NAME}, **options)

    def connect(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.proxy.tls_port), timeout=30)
        return self.trust.wrap_socket(plain, server_hostname=NAME)


@contextmanager
def two_servers(directories: pytest.TempPathFactory, **settings: str) -> Iterator[Site]:
    """Behind a proxy, with one database; by default a fresh one."""
    settings |= {"HTTPS": "true", "TRUSTED_PROXY_COUNT": "1", "ALLOWED_HOSTS": NAME, "LLM_PROVIDERS_DELIVERY": "true"}
    with ExitStack() as running:
        # Not pytest's directory: nginx's workers are nobody, and that is closed to them.
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="llm-providers-")))
        directory.chmod(0o711)
        servers: list[LiveServer] = []
        for number in (1, 2):
            server = LiveServer(directories.mktemp(f"server{number}"), **settings)
            settings.setdefault("DATABASE_URL", server.database_url)
            server.start()
            running.callback(server.stop)
            servers.append(server)
        proxy = Proxy(directory, [server.port for server in servers])
        proxy.start()
        running.callback(proxy.stop)
        site = Site(proxy, servers)
        running.callback(site.client.close)
        yield site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with two_servers(tmp_path_factory) as site:
        yield site


def bearer(site: Site) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.servers[0].token()}"}


def test_a_request_reaches_a_server_as_the_client_sent_it(site: Site) -> None:
    authorised = bearer(site)
    sent = {"provider": "amazon-bedrock", "credentials": {"region": "us-west-2", "api_key": "ABSK-your-api-key"}}
    answer = site.ask("POST", "/v1/llm-providers", json=sent, headers=authorised)
    assert answer.status_code == 200
    assert "Strict-Transport-Security" in answer.headers
    (event,) = site.ask("GET", "/v1/audit-events?action=create&provider=amazon-bedrock", headers=authorised).json()[
        "events"
    ]
    assert event["address"] == "127.0.0.1"


def test_what_a_client_claims_of_its_address_is_not_believed(site: Site) -> None:
    claims = {"X-Forwarded-For": "192.0.2.9", "X_Forwarded_For": "192.0.2.8", "X-Forwarded_For": "192.0.2.7"}
    for _failure in range(2):
        answer = site.ask("POST", "/v1/token", json={"username": "nobody", "password": "-"}, headers=claims)
        assert answer.status_code == 401
    logged = "".join(server.log_text() for server in site.servers)
    assert logged.count("POST /v1/token 401") == 2
    assert "address=127.0.0.1" in logged
    assert "192.0.2." not in logged


def test_a_token_sent_in_clear_is_refused_with_the_reason(site: Site) -> None:
    import httpx

    answer = httpx.get(
        f"http://127.0.0.1:{site.proxy.clear_port}/v1/llm-providers", headers=bearer(site) | {"Host": NAME}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "HTTPS_REQUIRED")
    page = httpx.get(f"http://127.0.0.1:{site.proxy.clear_port}/docs", headers={"Host": NAME})
    assert (page.status_code, page.headers["Location"]) == (301, f"https://{NAME}/docs")


def test_what_the_proxy_refuses_it_refuses_in_the_form_that_clients_know(site: Site) -> None:
    authorised = bearer(site) | {"Content-Type": "application/json"}
    large = site.ask("POST", "/v1/llm-providers", content=b"x" * (2 << 20), headers=authorised)
    assert (large.status_code, large.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    ours = site.ask("POST", "/v1/llm-providers", content=b"x" * (65 << 10), headers=authorised)
    assert (ours.status_code, ours.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    with site.connect() as connection:
        connection.sendall(b"GET /v1/llm-providers HTTP/1.1\r\nHost: a b\r\nBad header\r\n\r\n")
        assert b'"code": "BAD_REQUEST"' in connection.recv(65536)
    for server in site.servers:
        server.stop()
    away = site.ask("GET", "/v1/llm-providers", headers=authorised)
    assert (away.status_code, away.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert away.headers["Retry-After"]
    for server in site.servers:
        server.start()


def test_two_hundred_stalled_bodies_hold_nothing_of_the_service(site: Site) -> None:
    head = f"POST /v1/llm-providers HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 900\r\n\r\n"
    authorised = bearer(site)
    with ExitStack() as stalled:
        for _client in range(200):
            stalled.enter_context(closing(site.connect())).sendall(head.encode() + b"{")
        times = []
        for _probe in range(20):
            started = time.monotonic()
            assert site.ask("GET", "/v1/llm-providers", headers=authorised).status_code == 200
            times.append(time.monotonic() - started)
        print(f"200 stalled bodies: 20 requests, slowest {max(times):.3f} s")


KEYS = {"openai": "sk-rolling", "anthropic": "sk-ant-rolling", "google": "rolling", "xai": "xai-rolling"}


class Clients:
    """Eight: one that writes and one that only reads for each of four providers, until they are told to stop."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.authorised = bearer(site)
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.refusals: list[float] = []
        self.sent: dict[str, list[str]] = {provider: [] for provider in KEYS}
        self.acknowledged: dict[str, int] = {}
        self.done = threading.Event()
        self.threads = [
            threading.Thread(target=self.act, args=(provider, writes)) for provider in KEYS for writes in (True, False)
        ]

    def act(self, provider: str, writes: bool) -> None:
        path = f"/v1/llm-provider/{provider}"
        while not self.done.is_set():
            if writes:
                self.write(provider, path)
            for read in (path, f"{path}/status", "/v1/llm-providers"):
                self.ask("GET", read)

    def write(self, provider: str, path: str) -> None:
        key = f"{KEYS[provider]}-{len(self.sent[provider])}"
        self.sent[provider].append(key)
        if self.ask("PATCH", path, json={"credentials": {"api_key": key}}) == 200:
            self.acknowledged[provider] = len(self.sent[provider])

    def ask(self, method: str, path: str, **options: Any) -> int:
        # On a connection of its own: a proxy that is reloaded closes those that are kept and idle, as any may.
        answer = self.site.ask(method, path, headers=self.authorised | {"Connection": "close"}, **options)
        self.statuses[method, answer.status_code] += 1
        if answer.status_code == 503:
            assert answer.headers["Retry-After"]
            self.refusals.append(time.monotonic())
        return answer.status_code

    def __enter__(self) -> "Clients":
        for provider, key in KEYS.items():
            self.ask("POST", "/v1/llm-providers", json={"provider": provider, "credentials": {"api_key": key}})
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.done.set()
        for thread in self.threads:
            thread.join(60)

    def lost(self) -> list[str]:
        """The providers whose stored key is older than the last one that was acknowledged."""
        return [
            provider
            for provider, sent in self.sent.items()
            if self.site.ask("GET", f"/v1/llm-provider/{provider}/credentials", headers=self.authorised).json()[
                "credentials"
            ]["api_key"]
            not in sent[self.acknowledged[provider] - 1 :]
        ]


def test_servers_are_restarted_one_after_the_other_and_no_request_fails(site: Site) -> None:
    with Clients(site) as clients:
        for _round in range(3):
            for server in site.servers:
                site.proxy.reload(down=[server.port])
                server.stop()
                server.start()
                site.proxy.reload()
    print(f"rolling restarts, 6 stops: {dict(clients.statuses)}")
    assert {status for _method, status in clients.statuses} == {200}
    assert sum(clients.statuses.values()) > 100
    assert clients.lost() == []


def test_a_database_that_restarts_is_a_503_for_a_moment_and_loses_nothing_it_acknowledged(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if pytestconfig.getoption("--database") == "sqlite":
        pytest.skip("a file is not lost by restarting a server")
    with (
        restartable_postgresql() as database,
        two_servers(tmp_path_factory, DATABASE_URL=database.get_uri()) as site,
        Clients(site) as clients,
    ):
        right_again = []
        for _restart in range(3):
            time.sleep(2)
            database.stop()
            time.sleep(1)
            database.ensure_postgres_running()
            back = time.monotonic()
            time.sleep(4)
            right_again.append(max([moment - back for moment in clients.refusals], default=0.0))
        clients.__exit__()
        print(f"3 restarts of PostgreSQL: {dict(clients.statuses)}, last 503 after {max(right_again):.2f} s")
        assert {status for _method, status in clients.statuses} == {200, 503}
        assert max(right_again) < 2
        assert clients.lost() == []
