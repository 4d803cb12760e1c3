"""Which private keys are a service account's: decided before anything computes with one."""

import base64
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.factories import pem
from tests.providers.test_google_vertex_private_key import NOT_PEM, cleaned, refusals

pytestmark = pytest.mark.once

NOT_GOOGLES = (
    "The private key is not one of a service account: an RSA key of 2,048 to 8,192 bits. "
    "Send the downloaded key file unchanged."
)

DSA, DH = "2a8648ce380401", "2a864886f70d010301"


def test_the_largest_rsa_key_is_accepted() -> None:
    key = armoured(rsa_key(bits=8192), "RSA PRIVATE KEY")
    assert cleaned(key) == key


@pytest.mark.parametrize("bits", [1024, 2047, 8193])
def test_an_rsa_key_of_another_size_is_refused(bits: int) -> None:
    assert refusals(armoured(rsa_key(bits), "RSA PRIVATE KEY")) == refusal(NOT_GOOGLES)


@pytest.mark.parametrize(
    "key",
    [ec.generate_private_key(ec.SECP256R1()), dsa.generate_private_key(2048), X25519PrivateKey.generate()],
    ids=["ec", "dsa", "x25519"],
)
def test_a_key_of_another_algorithm_is_refused(key: Any) -> None:
    assert refusals(pem(key)) == refusal(NOT_GOOGLES)


def test_a_diffie_hellman_key_is_refused() -> None:
    assert refusals(armoured(pkcs8(DH, [1 << 2048, 2], 3))) == refusal(NOT_GOOGLES)


@pytest.mark.parametrize("length", [0, 31, 33, 57])
def test_an_ed25519_key_of_another_length_is_refused(length: int) -> None:
    algorithm = tlv(0x30, tlv(0x06, bytes.fromhex("2b6570")))
    key = tlv(0x30, integer(0), algorithm, tlv(0x04, tlv(0x04, b"k" * length)))
    assert refusals(armoured(key)) == refusal(NOT_PEM)


def test_what_costs_openssl_seconds_is_refused_at_once() -> None:
    huge = (1 << 24_000) - 1
    key = armoured(pkcs8(DSA, [huge, (1 << 160) - 1, 2], huge >> 100))
    before = time.process_time()
    assert refusals(key) == refusal(NOT_GOOGLES)
    assert time.process_time() - before < 0.5  # seconds


@pytest.mark.parametrize("place", range(2, 9))
@pytest.mark.parametrize("value", [0, -1, 1 << 2048])
def test_an_rsa_key_whose_numbers_do_not_fit_its_modulus_is_refused(place: int, value: int) -> None:
    assert refusals(armoured(rsa_key(2048, {place: value}), "RSA PRIVATE KEY")) == refusal(NOT_PEM)


@pytest.mark.parametrize(
    "damage",
    [
        lambda der: der[:-1],
        lambda der: der + b"\0",
        lambda der: b"\x31" + der[1:],
        lambda der: b"\x30\x80" + der[4:] + b"\0\0",  # a length left open, as BER allows
        lambda der: der[:1] + b"\xff" + der[2:],
        lambda der: b"\x30",
    ],
    ids=["cut", "longer", "another-tag", "open-length", "long-length", "tag-only"],
)
def test_damaged_bytes_are_refused(damage: Any) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert cleaned(armoured(der))
    assert refusals(armoured(damage(der))) == refusal(NOT_PEM)


def refusal(sentence: str) -> dict[str, list[str]]:
    return {"credentials.service_account.private_key": [sentence]}


def rsa_key(bits: int, changes: dict[int, int] | None = None) -> bytes:
    """An RSA key of the right shape (PKCS #1); its numbers are not those of two primes."""
    numbers = {
        0: 0,
        1: (1 << bits) - 1,
        2: 65537,
        **dict.fromkeys(range(3, 9), (1 << bits // 2) - 1),
        **(changes or {}),
    }
    return tlv(0x30, *map(integer, numbers.values()))


def pkcs8(algorithm: str, parameters: list[int], key: int) -> bytes:
    identifier = tlv(0x30, tlv(0x06, bytes.fromhex(algorithm)), tlv(0x30, *map(integer, parameters)))
    return tlv(0x30, integer(0), identifier, tlv(0x04, integer(key)))


def integer(number: int) -> bytes:
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, signed=True))


def tlv(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes([tag, len(content)] if len(content) < 0x80 else [tag, 0x80 + len(length), *length]) + content


def armoured(der: bytes, label: str = "PRIVATE KEY") -> str:
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n"
