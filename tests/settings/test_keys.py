"""Which keys are taken for random: known and guessable ones are not."""

import base64
import hashlib
import random
import time

import pytest

from refactor_site.env_file import fresh_environment
from refactor_site.keys import NOT_RANDOM, key_weakness

pytestmark = pytest.mark.once

PUBLISHED = "a key that is published"
DIGEST = "the digest of a common password"
RANDOM = random.Random(7).randbytes(64)  # always the same, so that every worker knows the tests by the same names
UNVARIED = "a key of fewer than 10 different characters"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    "key",
    [
        base64url(RANDOM[:48]),  # as `env_file` writes them
        base64url(RANDOM[:32]),
        RANDOM[:32].hex(),
        RANDOM[:64].hex().upper(),
        base64.urlsafe_b64encode(RANDOM[:32]).decode(),  # as Fernet.generate_key() makes one
        base64.urlsafe_b64encode(RANDOM).decode(),
    ],
)
def test_random_bytes_are_accepted(key: str) -> None:
    assert key_weakness(key) is None


@pytest.mark.parametrize(
    "key",
    [
        "your-256-bit-secret",
        "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=",
        "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4",
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
    ],
)
def test_a_published_key_is_refused(key: str) -> None:
    assert key_weakness(key) == PUBLISHED


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("text", [b"", b"password", b"password\n", b"letmein", b"12345678\n"])
def test_the_digest_of_a_common_password_is_refused(algorithm: str, text: bytes) -> None:
    digest = hashlib.new(algorithm, text).hexdigest()
    assert {key_weakness(digest), key_weakness(digest.upper())} == {DIGEST}


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_so_is_one_in_base64(algorithm: str) -> None:
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, b"password").digest()).decode()
    assert {key_weakness(digest), key_weakness(digest.rstrip("="))} == {DIGEST}


@pytest.mark.parametrize(
    ("key", "weakness"),
    [
        ("correct-horse-battery-staple-correct-horse-battery", NOT_RANDOM),
        ("CORRECT_HORSE_BATTERY_STAPLE_CORRECT_HORSE_BATTERY", NOT_RANDOM),
        ("The quick brown fox jumps over the lazy dog", "a placeholder"),  # it holds white space
        (base64.urlsafe_b64encode(b"a long sentence that somebody thought of").decode(), NOT_RANDOM),
        (b"a long sentence that somebody thought of".hex(), NOT_RANDOM),
        ("kQ2v9sXe7LrT" * 4, NOT_RANDOM),
        (RANDOM[:31].hex(), NOT_RANDOM),
        (RANDOM[:24].hex(), NOT_RANDOM),  # read as base64url it would be 36 bytes
        (base64url(RANDOM[:31]), NOT_RANDOM),
        (base64url(RANDOM[:32]) + ".", NOT_RANDOM),
        ("+/" + base64url(RANDOM[:32]), NOT_RANDOM),
        ("A" * 64, UNVARIED),
        ("0" * 64, UNVARIED),
        (bytes(range(32)).hex(), NOT_RANDOM),  # as test vectors have it
        (base64url(bytes(range(32))), NOT_RANDOM),
        (bytes(range(255, 207, -1)).hex(), NOT_RANDOM),
        ("django-insecure-" + base64url(RANDOM[:48]), "a placeholder"),
    ],
)
def test_what_is_guessable_is_refused(key: str, weakness: str) -> None:
    assert key_weakness(key) == weakness


def test_a_key_as_it_is_written_costs_no_time_at_start() -> None:
    keys = [key for _ in range(100) for name, key in fresh_environment().items() if name != "HTTPS"]
    before = time.process_time()
    assert [key for key in keys if key_weakness(key)] == []
    assert time.process_time() - before < 0.5  # seconds; looking one digest up takes 0.04
