"""Calls a WSGI application from a server that speaks ASGI, once a request is there whole.

A thread is given to a request only then, so clients that stall while they send hold none. Names of headers are seen as
they were sent, so X_Forwarded_For does not pass for X-Forwarded-For: for WSGI both are HTTP_X_FORWARDED_FOR.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_LIMIT = 128 * 1024  # bytes that are read ahead: twice what any page takes
BODY_TIMEOUT = 10  # seconds for all of it
PIECE = 4 * 1024 * 1024  # bytes of an answer that are sent at once, as large as any static file
BODILESS = ("GET", "HEAD")
UNPREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")
OF_EVERY_REQUEST = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


class BrokenBody(io.RawIOBase):
    """In place of a body that did not arrive whole."""

    def read(self, _size: int = -1) -> bytes:
        raise OSError("The body did not arrive whole.")


class WholeRequests:
    def __init__(self, application: Any, threads: int, body_timeout: float = BODY_TIMEOUT) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="requests")
        self.body_timeout = body_timeout

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body: io.IOBase = io.BytesIO()
        if scope["method"] not in BODILESS:
            body = await self.body(receive)
        loop = asyncio.get_running_loop()

        async def deliver(message: Message) -> None:
            await send(message)

        answer = Answer(lambda message: asyncio.run_coroutine_threadsafe(deliver(message), loop).result())
        last = await loop.run_in_executor(self.threads, answer.of, self.application, environ_of(scope, body))
        for message in last:
            await send(message)

    async def body(self, receive: Receive) -> io.IOBase:
        """The beginning of a body, as much of it as anybody reads."""
        pieces: list[bytes] = []
        size, more = 0, True
        try:
            async with asyncio.timeout(self.body_timeout):
                while more and size <= BODY_LIMIT:
                    message = await receive()
                    if message["type"] == "http.disconnect":  # also after what is no chunk
                        return BrokenBody()
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    more = message.get("more_body", False)
        except TimeoutError:
            return BrokenBody()
        return io.BytesIO(b"".join(pieces))


class Answer:
    """One call of the application. What is too large to be sent at once is sent by the thread that makes it."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self.send = send
        self.start: Message | None = None

    def of(self, application: Any, environ: dict[str, Any]) -> list[Message]:
        """Return the messages that are left to be sent, so that a client who reads slowly holds no thread."""
        response = application(environ, self.begin)
        try:
            pieces = in_pieces(response)
            piece = next(pieces)
            for following in pieces:
                for message in self.messages(piece, more=True):
                    self.send(message)
                piece = following
            return self.messages(piece, more=False)
        finally:
            if hasattr(response, "close"):
                response.close()

    def begin(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self.start = {"type": "http.response.start", "status": int(status[:3]), "headers": encoded}

    def messages(self, piece: bytes, *, more: bool) -> list[Message]:
        """What carries a piece: the first one comes after the status and the headers."""
        start, self.start = self.start, None
        carrying = {"type": "http.response.body", "body": piece, "more_body": more}
        return [start, carrying] if start else [carrying]


def in_pieces(response: Iterable[bytes]) -> Iterator[bytes]:
    """At least one; all but the last of at least PIECE bytes."""
    gathered: list[bytes] = []
    size = 0
    for part in response:
        gathered.append(part)
        size += len(part)
        if size >= PIECE:
            yield b"".join(gathered)
            gathered, size = [], 0
    yield b"".join(gathered)


def environ_of(scope: Message, body: io.IOBase) -> dict[str, Any]:
    environ = OF_EVERY_REQUEST | {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key = name.decode("latin-1").replace("-", "_").upper()
        if key not in UNPREFIXED:
            key = f"HTTP_{key}"
        text = value.decode("latin-1")
        if key in environ:
            text = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{text}"
        environ[key] = text
    return environ
