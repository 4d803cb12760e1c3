"""A connection to addresses that were checked, all of which is bounded by one deadline.

httpx2's own limits are per read: a header that arrives a byte a second never ends. Hence its lower
half, httpcore2, over sockets of ours.
"""

import ssl
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore2  # noqa: TID251


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until the end; raises httpcore2.ReadTimeout when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout
        return seconds


class BoundedStream(httpcore2.NetworkStream):
    """A stream whose every step may take what is left of the deadline, whatever it is told."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return BoundedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Pinned(httpcore2.NetworkBackend):
    """Connects to one of these addresses, whatever host is named: the name is never looked up again."""

    def __init__(self, addresses: list[str], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        *others, last = self._addresses
        for address in others:
            try:
                return self._connect(address, port)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return self._connect(last, port)

    def _connect(self, address: str, port: int) -> httpcore2.NetworkStream:
        # Half of what is left, so that an address that swallows packets leaves time for the next.
        stream = self._backend.connect_tcp(address, port, timeout=self._deadline.left() / 2)
        return BoundedStream(stream, self._deadline)


@cache
def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Trusts the system's certificates and those in this file; made once, since reading them takes a while."""
    context = httpcore2.default_ssl_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
