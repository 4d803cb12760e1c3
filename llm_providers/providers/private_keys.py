"""What a private key is, read from its DER before anything computes with it."""

from cryptography.hazmat.primitives.serialization import load_der_private_key

RSA_BITS = range(2048, 8192 + 1)
ED25519_BYTES = 32
RSA_INTEGERS = 9  # version, modulus, two exponents, two primes, three shortcuts (RFC 8017, A.1.2)

INTEGER, OCTET_STRING, OID, SEQUENCE = 0x02, 0x04, 0x06, 0x30
RSA = bytes.fromhex("2a864886f70d010101")  # 1.2.840.113549.1.1.1
ED25519 = bytes.fromhex("2b6570")  # 1.3.101.112

LONG_FORM = 0x80  # the bit of a first length byte that tells how many more there are


class Unreadable(ValueError):
    """This is no private key."""


class AnotherAlgorithm(ValueError):
    """This is a private key, but not RSA of an accepted size, nor Ed25519."""


def check(der: bytes, *, pkcs1: bool) -> None:
    """Raise unless these bytes are an RSA key of 2,048 to 8,192 bits or an Ed25519 key.

    Loading a key of any other kind can cost seconds: OpenSSL computes the public half of a DSA key
    of any size. The primes of RSA are not proved, which takes a minute and more for a key made for it.
    """
    if pkcs1:
        check_rsa(der)
    else:
        _version, inside = read(whole(der, SEQUENCE), INTEGER)
        algorithm, inside = read(inside, SEQUENCE)
        identifier, _parameters = read(algorithm, OID)
        key, _attributes = read(inside, OCTET_STRING)
        if identifier == RSA:
            check_rsa(key)
        elif identifier != ED25519:
            raise AnotherAlgorithm
        elif len(whole(key, OCTET_STRING)) != ED25519_BYTES:  # on which OpenSSL fails as on a mistake of its own
            raise Unreadable
    try:
        load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError) as error:
        raise Unreadable from error


def check_rsa(der: bytes) -> None:
    rest = whole(der, SEQUENCE)
    integers = []
    for _ in range(RSA_INTEGERS):
        integer, rest = read(rest, INTEGER)
        integers.append(int.from_bytes(integer, signed=True))
    if rest:
        raise Unreadable
    modulus = integers[1]
    if modulus.bit_length() not in RSA_BITS:
        raise AnotherAlgorithm
    if any(not 0 < integer < modulus for integer in integers[2:]):
        raise Unreadable


def whole(der: bytes, tag: int) -> bytes:
    """The content of the one element that these bytes are."""
    content, rest = read(der, tag)
    if rest:
        raise Unreadable
    return content


def read(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first element, which has this tag, and what follows it."""
    if len(der) < 2 or der[0] != tag:  # noqa: PLR2004  (a tag and a length)
        raise Unreadable
    start, length = 2, der[1]
    if length >= LONG_FORM:
        start += length - LONG_FORM
        length = int.from_bytes(der[2:start])
    content = der[start : start + length]
    if len(content) < length:
        raise Unreadable
    return content, der[start + length :]
