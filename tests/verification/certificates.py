"""A certificate authority of a test's own."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


def named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def subject(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


class Authority:
    """Issues certificates for servers; ``file`` is what trusts them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = named("Tests")
        self._issued = 0
        authority = (
            self._builder(self._name, self._key.public_key(), datetime.now(UTC) + DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = directory / "authority.pem"
        self.file.write_bytes(authority.public_bytes(Encoding.PEM))

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=name,
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=until - 3 * DAY,
            not_valid_after=until,
        )

    def issue(self, *names: str, until: datetime | None = None) -> Path:
        """A file with a certificate for these host names or addresses, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder(named(names[0]), key.public_key(), until or datetime.now(UTC) + DAY)
            .add_extension(x509.SubjectAlternativeName([subject(name) for name in names]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self._issued += 1
        file = self._directory / f"{self._issued}.pem"
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
        return file
