"""Tokens that must not be accepted, by what is wrong with them."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.access.issuers import AUDIENCE, Issuer, base64url, jwk, private_key, signed, text

Make = Callable[[Issuer], str]
RSA, EC, ED = (
    {"typ": "JWT", "alg": alg, "kid": kid} for kid, alg in [("rsa", "RS256"), ("ec", "ES256"), ("ed", "EdDSA")]
)
ATTACKER = "https://attacker.example/keys"


def with_header(header: Any, kid: str = "rsa", digest: Any = None) -> Make:
    return lambda issuer: signed(header, issuer.claims(), private_key(kid), digest)


def with_claims(**changes: Any) -> Make:
    return lambda issuer: issuer.token(**changes)


def with_payload(make: Callable[[dict[str, Any]], Any]) -> Make:
    return lambda issuer: signed(RSA, make(issuer.claims()), private_key("rsa"))


def with_null(name: str) -> Make:
    return with_payload(lambda claims: claims | {name: None})


def with_text(make: Callable[[str], str]) -> Make:
    return lambda issuer: make(issuer.token())


def in_time(name: str, seconds: float) -> Make:
    return with_payload(lambda claims: claims | {name: time.time() + seconds})


def raw(name: str, literal: str) -> Make:
    """A claim whose value is written like this."""
    return with_payload(lambda claims: json.dumps(claims | {name: "?"}).replace('"?"', literal).encode())


def by_issuer(make: Callable[[str], Any]) -> Make:
    return lambda issuer: issuer.token(iss=make(issuer.url))


def keyed(secret: Callable[[], bytes], algorithm: str = "HS256", digest: str = "sha256") -> Make:
    """Signed with something public as if it were a secret."""

    def make(issuer: Issuer) -> str:
        data = f"{base64url(text(RSA | {'alg': algorithm}))}.{base64url(text(issuer.claims()))}"
        return f"{data}.{base64url(hmac.digest(secret(), data.encode(), digest))}"

    return make


def public_pem() -> bytes:
    pem: bytes = private_key("rsa").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def unsigned(algorithm: Any) -> Make:
    return lambda issuer: f"{base64url(text(RSA | {'alg': algorithm}))}.{base64url(text(issuer.claims()))}."


def parts(make: Callable[[str, str, str], str]) -> Make:
    return with_text(lambda token: make(*token.split(".")))


def ec_signature(make: Callable[[bytes], bytes]) -> Make:
    def forge(issuer: Issuer) -> str:
        data = f"{base64url(text(EC))}.{base64url(text(issuer.claims()))}"
        return f"{data}.{base64url(make(data.encode()))}"

    return forge


def of_pss(issuer: Issuer) -> str:
    data = f"{base64url(text(RSA | {'alg': 'PS256'}))}.{base64url(text(issuer.claims()))}"
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    return f"{data}.{base64url(private_key('rsa').sign(data.encode(), pss, hashes.SHA256()))}"


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def algorithms() -> Iterator[tuple[str, Make]]:
    for none in ("none", "None", "NONE", "nOnE", "", None, False):
        yield f"unsigned, alg {none!r}", unsigned(none)
    for odd in (
        "none",
        "",
        None,
        1,
        True,
        [],
        ["RS256"],
        {},
        {"a": 1},
        "rs256",
        "RS256 ",
        " RS256",
        "RS256\u0000",
        "RS",
    ):
        yield f"signed, alg {odd!r}", with_header(RSA | {"alg": odd})
    yield "without alg", with_header({"typ": "JWT", "kid": "rsa"})
    yield "HS256 with the public key in PEM", keyed(public_pem)
    yield "HS256 with the modulus", keyed(lambda: bytes(jwk("rsa")["n"], "ascii"))
    yield "HS256 with the whole public key", keyed(lambda: json.dumps(jwk("rsa")).encode())
    yield "HS256 with nothing", keyed(lambda: b"")
    yield "HS512 with the public key", keyed(public_pem, "HS512", "sha512")
    yield "RS256, but a MAC with the public key", keyed(public_pem, "RS256")
    yield "RS384", with_header(RSA | {"alg": "RS384"}, digest=hashes.SHA384())
    yield "RS512", with_header(RSA | {"alg": "RS512"}, digest=hashes.SHA512())
    yield "RS256, signed with SHA-512", with_header(RSA, digest=hashes.SHA512())
    yield "RS256, signed with SHA-1", with_header(RSA, digest=hashes.SHA1())
    yield "PS256", of_pss
    for other in ("ES384", "ES512", "ES256K", "Ed25519", "Ed448", "PS256"):
        yield f"{other} with a key of RSA", with_header(RSA | {"alg": other})
    for alg, kid, key in [
        ("RS256", "ec", "rsa"),
        ("RS256", "ec", "ec"),
        ("ES256", "rsa", "ec"),
        ("ES256", "rsa", "rsa"),
        ("EdDSA", "rsa", "ed"),
        ("EdDSA", "ec", "ec"),
        ("ES256", "ed", "ed"),
        ("RS256", "ed", "rsa"),
    ]:
        yield f"{alg} of {kid}, signed with {key}", with_header({"typ": "JWT", "alg": alg, "kid": kid}, key)


def keys() -> Iterator[tuple[str, Make]]:
    for kid in (
        "rsa-of-another",
        "RSA",
        "rsa ",
        "",
        "../../dev/null",
        "/dev/null",
        "' OR 1=1 --",
        ATTACKER,
        "*",
        "0",
        "k" * 300,
    ):
        yield f"kid {kid[:20]!r}", with_header(RSA | {"kid": kid})
    for odd in (None, 0, True, ["rsa"], {"kid": "rsa"}):
        yield f"kid {odd!r}", with_header(RSA | {"kid": odd})
    yield "without kid", with_header({"typ": "JWT", "alg": "RS256"})
    yield "another's key of RSA", with_header(RSA, "rsa-of-another")
    yield "another's key of EC", with_header(EC, "ec-of-another")
    yield "another's key of Ed25519", with_header(ED, "ed-of-another")
    yield (
        "a signature of EC in DER",
        ec_signature(lambda data: bytes(private_key("ec").sign(data, ec.ECDSA(hashes.SHA256())))),
    )
    yield "a signature of EC of zeros", ec_signature(lambda _data: bytes(64))
    yield "a signature of EC of ones", ec_signature(lambda _data: (1).to_bytes(32) * 2)
    yield "a signature of EC that is short", ec_signature(lambda _data: b"\1")


def headers() -> Iterator[tuple[str, Make]]:
    crits: list[Any] = [["exp"], [], ["b64"], "exp", None, [1], ["kid"]]
    for crit in crits:
        yield f"crit {crit!r}", with_header(RSA | {"crit": crit})
    yield "crit and what it names", with_header(RSA | {"crit": ["http://example.com/x"], "http://example.com/x": True})
    yield "b64 false", with_header(RSA | {"b64": False, "crit": ["b64"]})
    yield "b64 false, not said to be critical", with_header(RSA | {"b64": False})
    yield "b64 true", with_header(RSA | {"b64": True})
    yield "zip", with_header(RSA | {"zip": "DEF"})
    own = jwk("rsa-of-another")
    for name, value in [("jku", ATTACKER), ("x5u", ATTACKER), ("jwk", own), ("x5c", ["MIIB"])]:
        yield (
            f"{name}, signed with another's key",
            with_header(RSA | {name: value, "kid": own["kid"]}, "rsa-of-another"),
        )
        yield f"{name}, and the kid of the issuer's", with_header(RSA | {name: value}, "rsa-of-another")
        yield f"{name}, although signed rightly", with_header(RSA | {name: value})
    for kind in ("at+jwt", "logout+jwt", "secevent+jwt", "JWE", "", None, 1, ["JWT"], "application/jwt", "JWT "):
        yield f"typ {kind!r}", with_header(RSA | {"typ": kind})
    yield "alg twice in the header", with_header(b'{"alg":"none","kid":"rsa","alg":"RS256"}')
    yield "kid twice in the header", with_header(b'{"alg":"RS256","kid":"ec","kid":"rsa"}')
    for name, odd in [
        ("a list", []),
        ("a string", "RS256"),
        ("null", None),
        ("no JSON", b"{"),
        ("empty", b""),
        ("of UTF-16", json.dumps(RSA).encode("utf-16")),
        ("with a mark in front", b"\xef\xbb\xbf" + json.dumps(RSA).encode()),
        ("nested deeply", nested(400)),
    ]:
        yield f"a header that is {name}", with_header(odd)


def audiences() -> Iterator[tuple[str, Make]]:
    odd: list[Any] = [
        *("another", "LLM-providers", "llm-providers/", "llm-providers ", " llm-providers", "llm-provider", "", "*"),
        *([], [AUDIENCE, "another"], ["another", AUDIENCE], [AUDIENCE, AUDIENCE], [[AUDIENCE]], [AUDIENCE, None]),
        *(1, True, {}, {AUDIENCE: True}, {"aud": AUDIENCE}, ["*"], [None], f"{AUDIENCE},another", f"{AUDIENCE}\n"),
    ]
    for aud in odd:
        yield f"aud {aud!r}", with_claims(aud=aud)
    yield "without aud", with_claims(aud=None)
    yield "aud null", with_null("aud")


def issuers() -> Iterator[tuple[str, Make]]:
    changes: dict[str, Callable[[str], Any]] = {
        "with a slash more": lambda url: f"{url}/",
        "with a path": lambda url: f"{url}/x",
        "with a query": lambda url: f"{url}?",
        "with a fragment": lambda url: f"{url}#",
        "in clear": lambda url: url.replace("https:", "http:"),
        "in capitals": lambda url: url.replace("https:", "HTTPS:"),
        "with a user": lambda url: url.replace("://", "://a@"),
        "with a name that means the same": lambda url: url.replace("127.0.0.1", "localhost"),
        "with an address that means the same": lambda url: url.replace("127.0.0.1", "127.1"),
        "with a dot at the end": lambda url: url.replace("127.0.0.1", "127.0.0.1."),
        "with a space": lambda url: f"{url} ",
        "with another in front": lambda url: f"https://attacker.example/{url}",
        "of somebody else": lambda _url: "https://attacker.example",
        "empty": lambda _url: "",
        "in a list": lambda url: [url],
        "in an object": lambda url: {url: url},
        "a number": lambda _url: 1,
        "true": lambda _url: True,
        "left out": lambda _url: None,
    }
    for name, change in changes.items():
        yield f"an issuer {name}", by_issuer(change)
    yield "an issuer null", with_null("iss")


def times() -> Iterator[tuple[str, Make]]:
    for name, seconds in [("expired", -1), ("expired a year ago", -31_536_000), ("good for 24 hours and more", 86_460)]:
        yield name, in_time("exp", seconds)
    yield "good for years", in_time("exp", 315_360_000)
    yield "not good yet", in_time("nbf", 120)
    yield "made in the future", in_time("iat", 120)
    odd: list[Any] = ["2100-01-01", True, False, [], {}, -1, [9999999999]]
    for claim in ("exp", "nbf", "iat"):
        yield f"{claim} in a string", with_payload(lambda claims, claim=claim: claims | {claim: str(claims[claim])})  # type: ignore[misc]
        for value in odd:
            yield f"{claim} {value!r}"[:40], with_claims(**{claim: value})
        for literal in ("NaN", "Infinity", "-Infinity", "1e400", "null", "9" * 400, "9" * 3000):
            yield f"{claim} {literal[:12]} {len(literal)}", raw(claim, literal)
    yield "without exp", with_claims(exp=None)


def subjects() -> Iterator[tuple[str, Make]]:
    odd: list[Any] = [
        "repo:acme/billing/fork:environment:production",
        "repo:acme/billing:ref:x:environment:production",
        "repo:acme/x:pull_request:environment:production",
        "repo:acme/:/:environment:production",
        "repo:acme:environment:production",
        "repo:evil/billing:environment:production",
        "repo:evil/acme/billing:environment:production",
        "repo:acme/billing:environment:production2",
        "repo:acme/billing:environment:productio",
        "xrepo:acme/billing:environment:production",
        "repo:acme/billing:environment:production ",
        "repo:acme/billing:environment:production\n",
        "repo:acme/bil\nling:environment:production",
        "repo:acme/\u0000:environment:production",
        "REPO:acme/billing:environment:production",
        "repo:\u0430cme/billing:environment:production",
        "*",
        "repo:*",
        "",
        "repo:acme/" + "x" * 2000 + ":environment:production",
        1,
        True,
        [],
        ["repo:acme/billing:environment:production"],
        {"sub": "repo:acme/billing:environment:production"},
    ]
    for sub in odd:
        yield f"sub {str(sub)[:50]!r}", with_claims(sub=sub)
    yield "without sub", with_claims(sub=None)
    for owner in ("123457", "*", "", 123456, ["123456"], {"a": "123456"}, True, " 123456", "123456 ", 123456.0):
        yield f"an owner {owner!r}", with_claims(repository_owner_id=owner)
    yield "without owner", with_claims(repository_owner_id=None)


def payloads() -> Iterator[tuple[str, Make]]:
    yield "a claim twice", with_payload(lambda claims: json.dumps(claims).encode()[:-1] + b',"aud":"llm-providers"}')
    yield "a list of claims", with_payload(lambda claims: [claims])
    yield "claims in a string", with_payload(json.dumps)
    yield "no claims", with_payload(lambda _claims: {})
    yield "null", with_payload(lambda _claims: None)
    yield "no JSON", with_payload(lambda _claims: b"{]")
    yield "no text", with_payload(lambda _claims: b"\xff\xfe")
    yield "empty", with_payload(lambda _claims: b"")
    yield "half a pair", with_payload(lambda claims: json.dumps(claims | {"x": "\ud800"}).encode())
    yield "nested deeply", with_payload(lambda claims: json.dumps(claims).encode()[:-1] + b',"x":' + nested(40) + b"}")
    yield (
        "nested arrays",
        with_payload(lambda claims: json.dumps(claims).encode()[:-1] + b',"x":' + b"[" * 600 + b"]" * 600 + b"}"),
    )
    yield "huge claims", with_claims(x="x" * 3500)
    yield "huger claims", with_claims(x="x" * 9000)
    yield "many claims", with_payload(lambda claims: claims | {f"c{place}": place for place in range(300)})


def texts() -> Iterator[tuple[str, Make]]:
    yield "without a signature", parts(lambda header, payload, _signature: f"{header}.{payload}")
    yield "with an empty signature", parts(lambda header, payload, _signature: f"{header}.{payload}.")
    yield "with an empty payload", parts(lambda header, _payload, sign: f"{header}..{sign}")
    yield "with an empty header", parts(lambda _header, payload, sign: f".{payload}.{sign}")
    yield "with a header alone", parts(lambda header, _payload, _signature: header)
    yield "of four parts", parts(lambda header, payload, sign: f"{header}.{payload}.{sign}.{sign}")
    yield "of five parts", parts(lambda header, payload, sign: f"{header}.{payload}.{sign}.{sign}.{sign}")
    yield "padded", parts(lambda header, payload, sign: f"{header}=.{payload}.{sign}")
    yield "with its signature padded otherwise", with_text(lambda token: f"{token}====")
    yield "with a letter more", with_text(lambda token: f"{token}A")
    yield "with a letter less", with_text(lambda token: token[:-1])
    yield "with half a signature", with_text(lambda token: token[:-170])
    yield "with its signature twice", parts(lambda header, payload, sign: f"{header}.{payload}.{sign}{sign}")
    yield "with its signature turned", parts(lambda header, payload, sign: f"{header}.{payload}.{sign[::-1]}")
    yield "in capitals", with_text(str.upper)
    yield "with other letters of base64", with_text(lambda token: token.replace("_", "/").replace("-", "+") + "+/")
    yield "with an exclamation mark", parts(lambda header, payload, sign: f"{header}.{payload}.!{sign}")
    yield "with a quotation mark", with_text(lambda token: f'"{token}"')
    yield "in base64 once more", with_text(lambda token: base64.b64encode(token.encode()).decode())
    yield "its digest", with_text(lambda token: hashlib.sha256(token.encode()).hexdigest())
    yield "with a letter of no alphabet", with_text(lambda token: token[:-1] + "\xe9")
    yield "with the claims of another", lambda issuer: mixed(issuer.token(sub="repo:evil/x:y"), issuer.token())
    yield "with the header of another", lambda issuer: mixed_header(issuer.token("ec"), issuer.token())


def mixed(of_signature: str, of_payload: str) -> str:
    header, _payload, sign = of_signature.split(".")
    return f"{header}.{of_payload.split('.')[1]}.{sign}"


def mixed_header(of_header: str, of_rest: str) -> str:
    return ".".join([of_header.partition(".")[0], of_rest.partition(".")[2]])


# By what is wrong, and by its name.
FORGED: dict[str, dict[str, Make]] = {
    group.__name__: dict(group())
    for group in (algorithms, keys, headers, audiences, issuers, times, subjects, payloads, texts)
}
