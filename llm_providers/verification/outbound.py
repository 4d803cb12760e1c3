"""The only outbound HTTP.

Https only; no redirect is followed, no proxy of the environment used, nothing tried twice, nothing
logged. The host is looked up once, every address checked, and the connection made to such an address,
with the certificate verified for the name. One deadline bounds all of it, a limit the body and its members.
"""

import json
import re
from collections.abc import Container
from dataclasses import replace
from typing import Never
from urllib.parse import urlsplit, urlunsplit

import httpcore2  # noqa: TID251
from django.conf import settings

from llm_providers.providers.probe import Answer, Kind, Question
from llm_providers.verification.addresses import LookUp, NoLookUp, RefusedAddress, Unresolvable, addresses_of
from llm_providers.verification.addresses import system_look_up as _system_look_up
from llm_providers.verification.connection import Deadline, Pinned, tls_context

HTTPS_PORT = 443
# Of JSON, told by what parts them: a list of four megabytes may be a million of lists, each of 56 bytes.
MEMBER_LIMIT = 100_000
REDIRECTS = range(300, 400)
# A backslash, a space or a control character means one thing here and another elsewhere.
URL = re.compile(r"https://[A-Za-z0-9.:\[\]-]+([/?]((?![\\#])[!-~])*)?")
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # nothing to unpack, hence nothing that grows
    "Connection": "close",
    "User-Agent": "refactor-llm-providers",
}


class NotAQuestion(Exception):
    """Such a request may not be sent. The message names the part, never its value."""


def placed(question: Question) -> Question:
    """The question with the URL it will be sent to: at the operator's origin, if one is set under its name.

    The Host header and the name in the certificate are that origin's. A signature over the host is therefore made
    after this, as SDKs do with an endpoint of one's own: who receives the request can verify what it received.
    """
    origin = settings.LLM_PROVIDERS_ORIGINS.get(question.origin)
    if origin is None:
        return question
    there, here = urlsplit(origin), urlsplit(question.url)
    return replace(question, url=urlunsplit((there.scheme, there.netloc, here.path, here.query, "")))


def ask(
    question: Question,
    look_up: LookUp = _system_look_up,
    deadline: Deadline | None = None,
    ports: Container[int] = (HTTPS_PORT,),
) -> Answer:
    """Ask, and say what came back. Never raises for what the other side does.

    ``ports`` are those that may be asked; at the operator's origin it is the origin's.
    """
    deadline = deadline or Deadline(settings.LLM_PROVIDERS_OUTBOUND_TIMEOUT)
    question = placed(question)
    try:
        host, port = _destination(question, ports)
        headers = _headers(question)
        allowed = settings.LLM_PROVIDERS_OUTBOUND_ALLOW
        addresses = addresses_of(host, port, deadline.left(), allowed, look_up)
        with (
            httpcore2.ConnectionPool(
                ssl_context=tls_context(settings.LLM_PROVIDERS_OUTBOUND_CA_FILE),
                network_backend=Pinned(addresses, deadline),
            ) as pool,
            pool.stream(
                question.method,
                question.url,
                headers=headers,
                content=question.body,
                extensions={"sni_hostname": host},
            ) as response,
        ):
            return _read(response, question.limit)
    except Unresolvable:
        return Answer(Kind.UNRESOLVABLE)
    except (NotAQuestion, RefusedAddress, httpcore2.LocalProtocolError):
        return Answer(Kind.REFUSED)
    except (NoLookUp, httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError):
        return Answer(Kind.UNREACHABLE)


def _destination(question: Question, ports: Container[int]) -> tuple[str, int]:
    """Where it goes. Another port than 443 is the operator's to name."""
    if not URL.fullmatch(question.url):
        raise NotAQuestion("the URL")
    try:
        parts = urlsplit(question.url)
        host, port = (parts.hostname or "").rstrip("."), HTTPS_PORT if parts.port is None else parts.port
    except ValueError:
        raise NotAQuestion("the URL") from None
    if not host or (port not in ports and question.origin not in settings.LLM_PROVIDERS_ORIGINS):
        raise NotAQuestion("the URL")
    return host, port


def _headers(question: Question) -> list[tuple[bytes | str, bytes | str]]:
    headers = HEADERS | dict(question.headers)
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise NotAQuestion("a header")
    return list(headers.items())


def _read(response: httpcore2.Response, limit: int) -> Answer:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    if response.status in REDIRECTS:
        return Answer(Kind.REDIRECT, response.status, headers)
    if headers.get("content-encoding", "identity") != "identity":
        return Answer(Kind.NOT_JSON, response.status, headers)
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > limit:
            return Answer(Kind.TOO_LARGE, response.status, headers)
    if sum(body.count(separator) for separator in b",[{") > MEMBER_LIMIT:
        return Answer(Kind.TOO_LARGE, response.status, headers)
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return Answer(Kind.NOT_JSON, response.status, headers)
    return Answer(Kind.JSON, response.status, headers, value)


def _no_constant(_constant: str) -> Never:
    raise ValueError("NaN and Infinity are not JSON")
