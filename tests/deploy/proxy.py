"""The real nginx with the configuration that is handed out, in front of servers on loopback."""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.live import ROOT, free_port
from tests.processes import children

NAME = "llm-providers.example.com"
AROUND = """
daemon off;
worker_processes 2;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {directory}/bodies;
    proxy_temp_path {directory}/answers;
    fastcgi_temp_path {directory}/unused;
    uwsgi_temp_path {directory}/unused;
    scgi_temp_path {directory}/unused;
    include {directory}/llm-providers.conf;
}}
"""
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")


class Proxy:
    """Our nginx.conf with other ports, paths and servers; all else stays as it is handed out."""

    def __init__(self, directory: Path, servers: Sequence[int]) -> None:
        self.directory = directory
        self.servers = list(servers)
        self.clear_port, self.tls_port = free_port(), free_port()
        make_certificate(directory)
        (directory / "nginx.conf").write_text(AROUND.format(directory=directory), encoding="utf-8")

    def configure(self, down: Sequence[int] = ()) -> None:
        text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        for number, port in enumerate(self.servers, start=1):
            rest = "down" if port in down else r"\1"
            text = re.sub(rf"server-{number}:8000 ([^;]*)", rf"127.0.0.1:{port} {rest}", text)
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.clear_port};")
        text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{self.tls_port} ssl;")
        text = text.replace("/etc/nginx/", f"{self.directory}/").replace("/var/log/nginx/", f"{self.directory}/")
        (self.directory / "llm-providers.conf").write_text(text, encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        assert NGINX
        return [NGINX, "-p", str(self.directory), "-c", str(self.directory / "nginx.conf"), *arguments]

    def start(self) -> None:
        self.configure()
        subprocess.run(self.command("-t", "-q"), check=True)
        self.process = subprocess.Popen(self.command())
        while not self.listens():
            assert self.process.poll() is None, (self.directory / "error.log").read_text(encoding="utf-8")
            time.sleep(0.05)

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.tls_port)) == 0

    def reload(self, down: Sequence[int] = ()) -> None:
        """Take servers out, or in again; return when no worker of before is left."""
        before = self.workers()
        self.configure(down)
        self.process.send_signal(signal.SIGHUP)
        while before & self.workers() or not self.workers():
            time.sleep(0.05)

    def workers(self) -> set[int]:
        return set(children(self.process.pid))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def make_certificate(directory: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (directory / "llm-providers.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (directory / "llm-providers.key").write_bytes(encoded)
