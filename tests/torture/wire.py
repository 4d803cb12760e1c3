"""HTTP as bytes: what is sent is exactly what a test says, and what comes back is read to its end."""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPResponse

PATIENCE = 10  # seconds until the connection must have been answered and closed


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """All that the client is told, to be searched."""
        return f"{self.headers}\n{self.body.decode('utf-8', 'replace')}"


class Received(io.BytesIO):
    """Bytes in the place of a socket: http.client reads one answer after the other from them."""

    def makefile(self, _mode: str) -> "Received":
        return self

    def close(self) -> None:
        """The end of an answer is not the end of what was received."""


def converse(port: int, sent: bytes, *, cut: bool = False) -> bytes:
    """Send the bytes and return all that comes until the server closes the connection.

    With `cut` our side ends right after them. Raises TimeoutError when the server keeps the
    connection open for more than PATIENCE seconds.
    """
    received = bytearray()
    deadline = time.monotonic() + PATIENCE
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with suppress(ConnectionError):  # the server has read enough, and may have answered
            connection.sendall(sent)
        with suppress(ConnectionError):  # closed with a part of our bytes unread
            if cut:
                connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                received += chunk
                connection.settimeout(max(deadline - time.monotonic(), 0.001))
    return bytes(received)


def answers(received: bytes, method: str = "GET") -> Iterator[Answer]:
    """Read the answers one after the other; raises HTTPException for what is not HTTP."""
    stream = Received(received)
    while stream.tell() < len(received):
        response = HTTPResponse(stream, method=method)  # type: ignore[arg-type]
        response.begin()
        yield Answer(response.status, response.headers, response.read())
