"""The keys of issuers: which are taken, and when they are fetched."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from llm_providers.access.jwks import KEY_LIMIT, NotAKeySet, keys_of
from llm_providers.access.key_sets import KeySet, Unavailable, key_set
from llm_providers.models import Machine
from tests.access.issuers import AUDIENCE, DISCOVERY, KEYS, Issuer, jwk, number, private_key, signed
from tests.client import API
from tests.verification.https_server import HTTPSServer, Reply

RSA = jwk("rsa")
SYMMETRIC = {"kty": "oct", "kid": "rsa", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}
PRIVATE = {"d": number(private_key("rsa").private_numbers().d)}

# Of each of these sets no key is taken that goes by the name of the token's.
USELESS: dict[str, list[Any]] = {
    "none": [],
    "another's": [jwk("rsa-of-another")],
    "a symmetric one": [SYMMETRIC],
    "a symmetric one, said to be of RS256": [SYMMETRIC | {"alg": "RS256"}],
    "a symmetric one beside the right one": [SYMMETRIC, RSA],
    "the same one twice": [RSA, RSA],
    "two of one name": [RSA, jwk("rsa-of-another", kid="rsa")],
    "two of one name, of two types": [RSA, jwk("ec", kid="rsa")],
    "a private one": [RSA | PRIVATE],
    "one for encryption": [RSA | {"use": "enc"}],
    "one for another algorithm": [RSA | {"alg": "RS512"}],
    "one for PS256": [RSA | {"alg": "PS256"}],
    "one for HS256": [RSA | {"alg": "HS256"}],
    "one that signs": [RSA | {"key_ops": ["sign"]}],
    "one whose operations are a string": [RSA | {"key_ops": "verify"}],
    "one without a name": [{name: value for name, value in RSA.items() if name != "kid"}],
    "one whose name is a number": [RSA | {"kid": 1}],
    "one whose name is a list": [RSA | {"kid": ["rsa"]}],
    "one with an empty name": [RSA | {"kid": ""}],
    "one of a type in a list": [RSA | {"kty": ["RSA"]}],
    "one of no type": [RSA | {"kty": None}],
    "one of a type unknown": [RSA | {"kty": "rsa"}],
    "one with a curve": [RSA | {"crv": "P-256"}],
    "one of 1,024 bits": [jwk("weak", kid="rsa")],
    "one of too many bits": [RSA | {"n": number((1 << 16384) - 1)}],
    "one whose modulus is 1": [RSA | {"n": "AQ"}],
    "one whose exponent is 1": [RSA | {"e": "AQ"}],
    "one whose exponent is even": [RSA | {"e": "Ag"}],
    "one whose exponent is vast": [RSA | {"e": number((1 << 1024) + 1)}],
    "one without a modulus": [{name: value for name, value in RSA.items() if name != "n"}],
    "one whose modulus is a number": [RSA | {"n": 1}],
    "one whose modulus is no base64": [RSA | {"n": "!"}],
    "one by reference": [{"kty": "RSA", "kid": "rsa", "x5u": "https://attacker.example/"}],
    "one of P-384": [jwk("p384", kid="rsa")],
    "one that is not on its curve": [jwk("ec", kid="rsa") | {"x": number(1, 32)}],
    "one of P-256 with too short a point": [jwk("ec", kid="rsa") | {"x": "AQ"}],
    "one of X25519": [jwk("ed", kid="rsa") | {"crv": "X25519"}],
    "one of Ed25519 that is short": [jwk("ed", kid="rsa") | {"x": "AQ"}],
    "no objects": [None, 1, "rsa", [RSA]],
}
NO_KEY_SETS: dict[str, Any] = {
    "a list": [RSA],
    "a string": "keys",
    "null": None,
    "an object without keys": {"key": [RSA]},
    "keys in an object": {"keys": {"rsa": RSA}},
    "keys in a string": {"keys": json.dumps([RSA])},
    "too many": {"keys": [RSA | {"kid": f"rsa-{place}"} for place in range(KEY_LIMIT)] + [RSA]},
}


@pytest.mark.once
@pytest.mark.parametrize("name", USELESS)
def test_a_key_that_verifies_nothing_for_sure_is_left_out(name: str) -> None:
    assert "rsa" not in keys_of({"keys": USELESS[name]})


@pytest.mark.once
@pytest.mark.parametrize("name", NO_KEY_SETS)
def test_what_is_no_key_set_is_refused(name: str) -> None:
    with pytest.raises(NotAKeySet):
        keys_of(NO_KEY_SETS[name])


@pytest.mark.once
def test_a_useless_key_does_not_spoil_the_others() -> None:
    found = keys_of({"keys": [jwk("ec"), SYMMETRIC | {"kid": "x"}, jwk("ed"), None, RSA, jwk("weak")]})
    assert {kid: key.algorithm for kid, key in found.items()} == {"ec": "ES256", "ed": "EdDSA", "rsa": "RS256"}


# --- When they are fetched


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """What a key set loads, and how often."""

    def __init__(self, *kids: str) -> None:
        self.loads = 0
        self.away = False
        self.publish(*kids)

    def publish(self, *kids: str) -> None:
        self.keys = keys_of({"keys": [jwk(kid) for kid in kids]})

    def __call__(self) -> Any:
        self.loads += 1
        if self.away:
            raise Unavailable("away")
        return self.keys


@pytest.mark.once
def test_keys_are_fetched_once_and_kept() -> None:
    source, clock = Source("rsa", "ec"), Clock()
    keys = KeySet("https://x", source, clock)
    for _time in range(3):
        assert keys.find("rsa") is source.keys["rsa"]
        assert keys.find("ec") is source.keys["ec"]
    assert source.loads == 1


@pytest.mark.once
def test_for_an_unknown_key_they_are_fetched_again_every_30_seconds_at_most() -> None:
    source, clock = Source("rsa"), Clock()
    keys = KeySet("https://x", source, clock)
    keys.find("rsa")
    source.publish("rsa", "ec")
    for _second in range(29):
        clock.now += 1
        assert keys.find("ec") is None
    assert source.loads == 1
    clock.now += 1
    assert keys.find("ec") is source.keys["ec"]
    assert source.loads == 2


@pytest.mark.once
def test_a_key_that_was_withdrawn_is_known_for_five_minutes_at_most() -> None:
    source, clock = Source("rsa", "ec"), Clock()
    keys = KeySet("https://x", source, clock)
    keys.find("rsa")
    source.publish("ec")
    clock.now += 301
    assert keys.find("rsa") is None


@pytest.mark.once
def test_while_the_issuer_is_away_keys_serve_for_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    source, clock = Source("rsa"), Clock()
    keys = KeySet("https://x", source, clock)
    keys.find("rsa")
    source.away = True
    for _minute in range(60):
        clock.now += 60
        assert keys.find("rsa") is not None
    clock.now += 1
    assert keys.find("rsa") is None
    assert source.loads <= 1 + 60
    assert "The keys of the issuer https://x cannot be had: away" in caplog.text
    source.away = False
    clock.now += 30
    assert keys.find("rsa") is not None


@pytest.mark.once
def test_one_thread_fetches_and_the_others_wait_a_second_at_most() -> None:
    started, go_on = threading.Event(), threading.Event()
    source = Source("rsa")

    def stalled() -> Any:
        started.set()
        go_on.wait(20)
        return source()

    keys = KeySet("https://x", stalled)
    found: list[Any] = []
    fetching = threading.Thread(target=lambda: found.append(keys.find("rsa")))
    fetching.start()
    assert started.wait(20)
    before = time.monotonic()
    others = [threading.Thread(target=lambda: found.append(keys.find("rsa"))) for _thread in range(20)]
    for other in others:
        other.start()
    for other in others:
        other.join(20)
    assert time.monotonic() - before < 5
    assert found == [None] * 20
    assert keys.find("rsa") is None  # who comes later does not wait at all
    go_on.set()
    fetching.join(20)
    assert found[-1] is source.keys["rsa"]
    assert source.loads == 1


@pytest.mark.once
def test_who_comes_while_keys_are_fetched_gets_them() -> None:
    source = Source("rsa")

    def slow() -> Any:
        time.sleep(0.2)
        return source()

    keys = KeySet("https://x", slow)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(keys.find("rsa"))) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [source.keys["rsa"]] * 8
    assert source.loads == 1


# --- Over the network


def status(token: str) -> int:
    found: int = API(token).get("/v1/llm-providers").status_code
    return found


def stalling() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    while True:
        time.sleep(0.1)
        yield b" "


GOOD = {"keys": [RSA]}
# By what is wrong: the target that is answered so, and the answer, given the issuer's URL.
HOSTILE: dict[str, tuple[str, Callable[[str], Any]]] = {
    "of 5 MB": (KEYS, lambda _url: Reply(body=GOOD | {"padding": "x" * 5_000_000})),
    "that redirects": (KEYS, lambda url: Reply(302, GOOD, {"Location": f"{url}/elsewhere"})),
    "that redirects for good": (KEYS, lambda url: Reply(308, GOOD, {"Location": f"{url}/elsewhere"})),
    "that stalls": (KEYS, lambda _url: stalling()),
    "that fails": (KEYS, lambda _url: Reply(HTTPStatus.INTERNAL_SERVER_ERROR, GOOD)),
    "that is not there": (KEYS, lambda _url: Reply(HTTPStatus.NOT_FOUND, GOOD)),
    "that is made but not found": (KEYS, lambda _url: Reply(HTTPStatus.CREATED, GOOD)),
    "that is packed": (KEYS, lambda _url: Reply(body=GOOD, headers={"Content-Encoding": "gzip"})),
    "that is no JSON": (KEYS, lambda _url: Reply(body=b"<html>")),
    "that is nested deeply": (KEYS, lambda _url: Reply(body=b"[" * 100_000)),
    "that is cut off": (KEYS, lambda _url: Reply(body=json.dumps(GOOD).encode()[:-1])),
    "that is no HTTP": (KEYS, lambda _url: iter([b"keys"])),
    "whose configuration stalls": (DISCOVERY, lambda _url: stalling()),
    "whose configuration redirects": (DISCOVERY, lambda url: Reply(302, headers={"Location": f"{url}/elsewhere"})),
    "whose configuration is a list": (DISCOVERY, lambda _url: Reply(body=[])),
    "whose configuration is another's": (
        DISCOVERY,
        lambda url: Reply(body={"issuer": f"{url}/", "jwks_uri": f"{url}{KEYS}"}),
    ),
    "whose configuration says nobody's": (DISCOVERY, lambda url: Reply(body={"jwks_uri": f"{url}{KEYS}"})),
    "whose configuration names no keys": (DISCOVERY, lambda url: Reply(body={"issuer": url})),
    **{
        f"whose configuration leads to {uri!r}": (
            DISCOVERY,
            lambda url, uri=uri: Reply(body={"issuer": url, "jwks_uri": uri}),  # type: ignore[misc]
        )
        for uri in (
            *("http://127.0.0.1/keys", "file:///etc/passwd", "", "keys", "//127.0.0.1/keys", 1, ["https://x/"], None),
            *(
                "https://169.254.169.254/keys",
                "https://10.0.0.1/keys",
                "https://[::1]/keys",
                "https://127.0.0.1:1/keys",
            ),
            *("https://a@127.0.0.1/keys", "https://127.0.0.1\\keys", "https://nowhere.invalid/keys", "https:///keys"),
        )
    },
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_by_keys_of_an_issuer_that_misbehaves_nobody_is_let_in(
    billing: Machine, issuer: Issuer, settings: Settings, name: str
) -> None:
    settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT = 1
    target, reply = HOSTILE[name]
    issuer.replies[target] = reply(issuer.url)
    issuer.replies["/elsewhere"] = Reply(body=GOOD)
    before = time.monotonic()
    assert [status(issuer.token()) for _time in range(3)] == [401] * 3
    assert time.monotonic() - before < 5
    assert "/elsewhere" not in issuer.asked
    assert len(issuer.asked) <= 2


@pytest.mark.django_db
@pytest.mark.parametrize("name", USELESS)
def test_with_a_key_that_was_left_out_nobody_is_let_in(billing: Machine, issuer: Issuer, name: str) -> None:
    issuer.publish(*USELESS[name])
    kid = "weak" if name == "one of 1,024 bits" else "rsa"
    token = signed({"alg": "RS256", "kid": "rsa"}, issuer.claims(), private_key(kid))
    assert status(token) == 401


@pytest.mark.django_db
def test_a_new_key_is_fetched_when_a_token_names_it(billing: Machine, issuer: Issuer) -> None:
    assert status(issuer.token()) == 200
    issuer.publish(jwk("rsa-2"))
    assert status(issuer.token("rsa-2")) == 401  # fetched a moment ago
    key_set(issuer.url, "")._tried_at -= 30
    assert status(issuer.token("rsa-2")) == 200
    assert status(issuer.token()) == 401
    assert issuer.asked == [DISCOVERY, KEYS] * 2


@pytest.mark.django_db
def test_keys_at_a_url_of_the_settings_need_no_discovery(
    billing: Machine, issuer: Issuer, settings: Settings, loopback: Path
) -> None:
    with HTTPSServer(loopback, lambda _received: Reply(body=GOOD)) as elsewhere:
        url = f"https://127.0.0.1:{elsewhere.port}/any"
        settings.LLM_PROVIDERS_OIDC_ISSUERS = {issuer.url: {"audience": AUDIENCE, "jwks": url}}
        assert status(issuer.token()) == 200
        assert [asked.target for asked in elsewhere.received] == ["/any"]
    assert issuer.asked == []


@pytest.mark.django_db
def test_keys_in_a_file_need_no_network(
    billing: Machine, issuer: Issuer, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(GOOD))
    settings.LLM_PROVIDERS_OIDC_ISSUERS = {issuer.url: {"audience": AUDIENCE, "jwks": str(file)}}
    assert status(issuer.token()) == 200
    file.write_text(json.dumps({"keys": [jwk("rsa-2")]}))
    key_set(issuer.url, str(file))._tried_at -= 30
    assert status(issuer.token("rsa-2")) == 200
    for odd in ("{", json.dumps(GOOD | {"padding": "x" * 300_000}), None):
        file.unlink() if odd is None else file.write_text(odd)
        key_set(issuer.url, str(file))._tried_at -= 30
        assert status(issuer.token("rsa")) == 401
        assert status(issuer.token("rsa-2")) == 200
    assert "the file is no JSON Web Key Set, or too large a one" in caplog.text
    assert "the file cannot be read" in caplog.text
    assert issuer.asked == []
