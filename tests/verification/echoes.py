"""Providers that give back what they were sent, wherever an answer has room for it."""

import gzip
from collections.abc import Callable, Iterable
from itertools import repeat

from tests.verification.https_server import Answering, Received, Reply

HEAD = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n"
TOKEN_PATHS = ("/token", "/oauth2/v2.0/token")
Echo = Callable[[Received, str], Reply | Iterable[bytes]]


def said_by(request: Received) -> str:
    """All that was sent, in one line."""
    return " ".join([request.target, *request.headers.values(), request.body.decode()])


def in_every_member(_request: Received, said: str) -> Reply:
    error = dict.fromkeys(("message", "code", "type", "status", "param"), said)
    details = [{"@type": said, "reason": said, "domain": said, "metadata": {said: said}}]
    members = dict.fromkeys(("message", "code", "error_description", "__type", "Code"), said)
    return Reply(401, {**members, "error": {**error, "details": details}, "Error": error, "errors": [error], said: 1})


def in_model_names(request: Received, said: str) -> Reply:
    """A list that every provider would accept, with the key, and pieces of it, as names of models."""
    pieces = [said, *said.split(), *(word[-32:][start : start + 16] for word in said.split() for start in (0, 16))]
    models = [
        dict.fromkeys(("id", "name", "displayName", "display_name", "modelId", "modelName"), f"models/{piece}")
        for piece in pieces
    ]
    lists = dict.fromkeys(("data", "models", "modelSummaries", "publisherModels"), models)
    return Reply(200, {"object": "list", "last_id": "b", "totalTokens": 1, **lists})


ECHOES: dict[str, Echo] = {
    "status line": lambda _request, said: [b"HTTP/1.1 401 ", said.encode(), b"\r\nContent-Length: 0\r\n\r\n"],
    "headers": lambda _request, said: Reply(
        403, {}, dict.fromkeys(("WWW-Authenticate", "x-amzn-errortype", "X-Request-Id", "Set-Cookie"), said)
    ),
    "content type": lambda _request, said: Reply(401, {"error": {}}, {"Content-Type": said}),
    "every member": in_every_member,
    "a string": lambda _request, said: Reply(401, [said]),
    "a 400 that blames": lambda _request, said: Reply(400, {"error": f"Incorrect API key provided: {said}"}),
    "a host name": lambda _request, said: Reply(
        401, {"error": {"code": "incorrect_hostname", "message": f"Make your request to {said}.api.openai.com"}}
    ),
    "a redirect": lambda _request, said: Reply(307, {"to": said}, {"Location": f"https://127.0.0.1/{said}"}),
    "a page": lambda _request, said: Reply(403, f"<title>{said}</title>".encode(), {"Content-Type": "text/html"}),
    "packed": lambda _request, said: Reply(401, gzip.compress(said.encode()), {"Content-Encoding": "gzip"}),
    "a failure": lambda _request, said: Reply(500, {"error": {"message": said}}),
    "names of models": in_model_names,
    "no HTTP": lambda _request, said: [said.encode(), b"\r\n\r\n"],
    "a broken header": lambda _request, said: [HEAD, said.encode().replace(b":", b" "), b"\r\n\r\n"],
    "a broken length": lambda _request, said: [HEAD, b"Content-Length: ", said.encode(), b"\r\n\r\n"],
    "a broken chunk": lambda _request, said: [HEAD, b"Transfer-Encoding: chunked\r\n\r\n", said.encode(), b"\r\n"],
    "half an answer": lambda _request, said: [HEAD, b"Content-Length: 99999\r\n\r\n", said.encode()],
    "no end": lambda _request, said: [HEAD, b"\r\n", *repeat(said.encode() * 50, 200)],
}


def echoing(echo: Echo, token: str | None) -> Answering:
    """Whoever is asked answers so; with a token the login hosts give that, and those asked with it echo it."""

    def answer(request: Received) -> Reply | Iterable[bytes]:
        if token and request.method == "POST" and request.target.endswith(TOKEN_PATHS):
            return Reply(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})
        return echo(request, said_by(request))

    return answer
