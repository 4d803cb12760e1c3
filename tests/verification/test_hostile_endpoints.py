"""Whoever answers may be an attacker's server, and so may whoever answers for its name."""

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path

import pytest
from pytest_django import Settings

from llm_providers.providers.probe import Answer, Kind, Question
from llm_providers.verification.outbound import ask
from tests.verification.certificates import Authority
from tests.verification.conftest import HOST, Serve, ask_openai, to_loopback
from tests.verification.https_server import HTTPSServer, Received, Reply

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MEGABYTE = 1024 * 1024


@pytest.mark.once
@pytest.mark.parametrize(
    "url",
    [
        "http://api.openai.com/",
        "ftp://api.openai.com/",
        "//api.openai.com/",
        "https:/api.openai.com/",
        "https:api.openai.com",
        "https://",
        "https:///v1",
        "https://?x",
        "https://.",
        "https://api.openai.com@evil.test/",
        "https://user:password@api.openai.com/",
        "https://evil.test#.openai.azure.com",
        "https://api.openai.com/#x",
        "https://evil.test\\.openai.azure.com/",
        "https://api.openai.com/\\evil.test",
        "https://api.openai.com:8443/",
        "https://api.openai.com:0/",
        "https://api.openai.com:65536/",
        "https://api.openai.com:port/",
        "https://[::1/",
        "https://[evil]/",
        "https://api.openai.com/a b",
        "https://api.openai.com/\r\nHost: evil.test",
        "https://api.openai.com/\n",
        "https://api.openai.com/\0",
        "https://bücher.test/",
        "https://api.openai.com/ü",
        " https://api.openai.com/",
    ],
)
def test_a_url_with_two_readings_is_refused_without_a_look_up(settings: Settings, url: str) -> None:
    settings.LLM_PROVIDERS_ORIGINS = {}
    looked_up: list[str] = []

    def note(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    assert ask(Question("GET", url, "openai"), look_up=note) == Answer(Kind.REFUSED)
    assert looked_up == []


@pytest.mark.once
@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "0", "localhost", "localhost."),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
        *("169.254.169.254", "2852039166", "168.63.129.16", "[fd00:ec2::254]", "[fe80::1]", "10.0.0.1", "224.0.0.1"),
    ],
)
def test_no_spelling_of_a_private_address_is_asked(host: str, settings: Settings) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_ALLOW = []
    assert ask(Question("GET", f"https://{host}/", "azure")) == Answer(Kind.REFUSED)


@pytest.mark.once
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.7", "169.254.169.254", "64:ff9b::a9fe:a9fe"])
def test_a_name_that_leads_to_a_private_address_is_not_asked(address: str, settings: Settings, serve: Serve) -> None:
    server = serve(lambda _request: Reply(200, {}))
    settings.LLM_PROVIDERS_OUTBOUND_ALLOW = []
    question = Question("GET", "https://attacker.openai.azure.com/", "openai")
    assert ask(question, look_up=lambda _host, _port: [address]) == Answer(Kind.REFUSED)
    assert ask(question, look_up=lambda _host, _port: ["8.8.8.8", address]) == Answer(Kind.REFUSED)
    assert server.connections == 0


@pytest.mark.once
def test_a_name_that_changes_between_two_look_ups_is_looked_up_once(serve: Serve) -> None:
    right = serve(lambda _request: Reply(200, {"right": True}))
    looked_up: list[tuple[str, int]] = []

    def rebinding(host: str, port: int) -> list[str]:
        looked_up.append((host, port))
        return ["127.0.0.1"] if len(looked_up) == 1 else ["127.0.0.2"]

    answer = ask(Question("GET", "https://api.openai.com/", "openai"), look_up=rebinding)
    assert (answer.json, looked_up) == ({"right": True}, [(HOST, right.port)])


@pytest.mark.once
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_a_redirect_to_loopback_is_not_followed(status: int, serve: Serve, certificate: Path) -> None:
    with HTTPSServer(certificate, lambda _request: Reply(200, {})) as wrong:
        serve(lambda _request: Reply(status, {}, {"Location": f"https://{HOST}:{wrong.port}/"}))
        answer = ask_openai(method="POST", headers={"api-key": "x"}, body=b"{}")
        assert (answer.kind, answer.status, answer.json) == (Kind.REDIRECT, status, None)
        assert (wrong.connections, wrong.received) == (0, [])


@pytest.mark.once
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), Kind.UNRESOLVABLE),
        (socket.gaierror(socket.EAI_NODATA, "No address associated with hostname"), Kind.UNRESOLVABLE),
        (UnicodeError("label too long"), Kind.UNRESOLVABLE),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), Kind.UNREACHABLE),
        (OSError("no resolver"), Kind.UNREACHABLE),
    ],
)
def test_a_host_that_is_not_there_is_told_from_dns_that_fails(error: Exception, kind: Kind) -> None:
    def fails(_host: str, _port: int) -> list[str]:
        raise error

    assert ask(Question("GET", "https://no-such-resource.openai.azure.com/", "azure"), look_up=fails) == Answer(kind)


@pytest.mark.once
def test_a_host_without_addresses_is_unresolvable() -> None:
    question = Question("GET", "https://api.openai.com/", "openai")
    assert ask(question, look_up=lambda _host, _port: []) == Answer(Kind.UNRESOLVABLE)


@pytest.mark.once
def test_the_systems_resolver_knows_no_invalid_host() -> None:
    for host in ("nothing.invalid", "a..b", f"{'x' * 64}.test"):
        answer = ask(Question("GET", f"https://{host}/", "azure"))
        assert answer.kind in (Kind.UNRESOLVABLE, Kind.UNREACHABLE)  # the latter where there is no DNS at all


@pytest.mark.once
@pytest.mark.parametrize(
    "certified", ["wrong name", "another port's name", "expired", "self-signed", "not yet trusted"]
)
def test_a_certificate_that_does_not_hold_is_unreachable(
    certified: str, serve: Serve, authority: Authority, tmp_path: Path, settings: Settings
) -> None:
    stranger = Authority(tmp_path)
    certificate = {
        "wrong name": lambda: authority.issue("evil.test"),
        "another port's name": lambda: authority.issue("127.0.0.1"),
        "expired": lambda: authority.issue(HOST, until=datetime.now(UTC) - timedelta(hours=1)),
        "self-signed": lambda: stranger.issue(HOST),
        "not yet trusted": lambda: authority.issue(HOST),
    }[certified]()
    if certified == "not yet trusted":
        settings.LLM_PROVIDERS_OUTBOUND_CA_FILE = None
    server = serve(lambda _request: Reply(200, {}), certificate)
    assert ask_openai(headers={"api-key": "x"}) == Answer(Kind.UNREACHABLE)
    assert (server.connections, server.received) == (1, [])


@pytest.mark.once
def test_a_server_without_tls_is_unreachable(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        settings.LLM_PROVIDERS_ORIGINS = {"openai": f"https://{HOST}:{plain.getsockname()[1]}"}

        def answer() -> None:
            connection, _client = plain.accept()
            with connection:
                connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

        threading.Thread(target=answer, daemon=True).start()
        assert ask_openai() == Answer(Kind.UNREACHABLE)


def slowly(piece: bytes, seconds: float) -> Iterator[bytes]:
    end = time.monotonic() + 20  # so that a question without a deadline fails the test, and does not hang it
    while time.monotonic() < end:
        yield piece
        time.sleep(seconds)


def byte_by_byte(slow: str, seconds: float) -> Iterable[bytes]:
    if slow == "status line":
        yield from slowly(b"H", seconds)
    if slow == "interim answers":
        yield from slowly(b"HTTP/1.1 100 Continue\r\n\r\n", seconds)
    yield HEAD
    if slow == "headers":
        yield from slowly(b"x", seconds)
    yield b"Transfer-Encoding: chunked\r\n\r\n"
    yield from slowly(b"1\r\n \r\n", seconds)


SLOW = ["status line", "interim answers", "headers", "body"]


@pytest.mark.once
@pytest.mark.parametrize("slow", SLOW)
def test_a_byte_now_and_then_does_not_hold_the_question(slow: str, serve: Serve, settings: Settings) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT = 0.5
    serve(lambda _request: byte_by_byte(slow, 0.05))
    started = time.monotonic()
    assert ask_openai() == Answer(Kind.UNREACHABLE)
    assert 0.4 < time.monotonic() - started < 1.5


@pytest.mark.torture
@pytest.mark.parametrize("slow", [*SLOW, "interim answers at once"])
def test_a_byte_a_second_ends_within_eleven_seconds(slow: str, serve: Serve, settings: Settings) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT = 10
    serve(lambda _request: byte_by_byte(slow.removesuffix(" at once"), 0 if slow.endswith("at once") else 1))
    started = time.monotonic()
    assert ask_openai() == Answer(Kind.UNREACHABLE)
    assert 9 < time.monotonic() - started < 11


@pytest.mark.once
@pytest.mark.parametrize("piece", [b"", b"\x16"])
def test_a_handshake_that_never_ends_does_not_hold_the_question(piece: bytes, settings: Settings) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT = 0.5
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.LLM_PROVIDERS_ORIGINS = {"openai": f"https://{HOST}:{server.getsockname()[1]}"}

        def drip() -> None:
            connection, _client = server.accept()
            with connection:
                # A record of 16 kB is announced, and never complete.
                connection.sendall(b"\x16\x03\x03\x40\x00" if piece else b"")
                while not over.wait(0.05):
                    connection.sendall(piece)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        started = time.monotonic()
        assert ask_openai() == Answer(Kind.UNREACHABLE)
        assert 0.4 < time.monotonic() - started < 1.5
        over.set()


@pytest.mark.once
def test_a_resolver_that_hangs_does_not_hold_the_question(settings: Settings) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT = 0.3
    over = threading.Event()

    def hangs(_host: str, _port: int) -> list[str]:
        over.wait(20)
        return ["127.0.0.1"]

    started = time.monotonic()
    assert ask(Question("GET", "https://api.openai.com/", "openai"), look_up=hangs) == Answer(Kind.UNREACHABLE)
    assert 0.2 < time.monotonic() - started < 1.3
    over.set()


BOMB = gzip.compress(b"[" + b" " * 16 * MEGABYTE + b"]", compresslevel=1)
ENDLESS = {
    "body": lambda: [HEAD, b"\r\n", *repeat(b" " * 65536, 10_000)],
    "chunks": lambda: [
        HEAD,
        b"Transfer-Encoding: chunked\r\n\r\n",
        *repeat(b"ffff\r\n" + b" " * 65535 + b"\r\n", 10_000),
    ],
    "a long list that is announced": lambda: [
        HEAD,
        b"Content-Length: 655360000\r\n\r\n",
        *repeat(b" " * 65536, 10_000),
    ],
}


@pytest.mark.once
@pytest.mark.parametrize("endless", ENDLESS)
@pytest.mark.parametrize("limit", [256 * 1024, 4 * MEGABYTE])
def test_a_body_without_end_is_too_large_and_takes_no_memory(endless: str, limit: int, serve: Serve) -> None:
    serve(lambda _request: ENDLESS[endless]())
    tracemalloc.start()
    answer = ask_openai(limit=limit)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.kind, answer.status) == (Kind.TOO_LARGE, 200)
    assert peak < 2 * limit + MEGABYTE


@pytest.mark.once
@pytest.mark.parametrize("body", [BOMB, b"{}"], ids=["bomb", "JSON"])
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "identity, gzip"])
def test_a_body_that_would_have_to_be_unpacked_is_left_packed(encoding: str, body: bytes, serve: Serve) -> None:
    serve(lambda _request: Reply(200, body, {"Content-Encoding": encoding}))
    tracemalloc.start()
    answer = ask_openai()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.kind, answer.status, answer.json) == (Kind.NOT_JSON, 200, None)
    assert peak < MEGABYTE


@pytest.mark.once
@pytest.mark.parametrize(
    "pieces",
    [
        [HEAD, *repeat(b"X-Header: " + b"x" * 1000 + b"\r\n", 1000)],
        [b"HTTP/1.1 " + b"2" * 200_000],
        [b"SSH-2.0-OpenSSH_9.6\r\n"],
        [HEAD, b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}"],
        [HEAD, b"Content-Length: -1\r\n\r\n{}"],
        [HEAD, b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
        [HEAD, b"Transfer-Encoding: chunked\r\n\r\nx\r\n"],
        [b"HTTP/1.1 000 ?\r\n\r\n"],
        [b""],
    ],
    ids=[
        "endless headers",
        "long status",
        "ssh",
        "two lengths",
        "negative",
        "unknown coding",
        "no chunk",
        "000",
        "silence",
    ],
)
def test_what_is_not_http_is_unreachable(pieces: list[bytes], serve: Serve) -> None:
    serve(lambda _request: pieces)
    assert ask_openai() == Answer(Kind.UNREACHABLE)


@pytest.mark.once
def test_a_switch_of_protocols_is_no_answer(serve: Serve) -> None:
    def switching(_request: Received) -> list[bytes]:
        return [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", b"{}"]

    serve(switching)
    answer = ask(Question("GET", "https://api.openai.com/", "openai"), look_up=to_loopback)
    assert answer.kind in (Kind.NOT_JSON, Kind.UNREACHABLE)
