"""Bytes that are not, or hardly, HTTP. Most are refused by the server before Django sees a request."""

from dataclasses import dataclass

from tests.torture.corpus.case import CANARY

SECRET = CANARY.encode()
LIST = b"GET /v1/llm-providers HTTP/1.1\r\n"
HOST = b"Host: 127.0.0.1\r\n"
AUTH = b"Authorization: Bearer $token\r\n"
CLOSE = b"Connection: close\r\n"
GET = LIST + HOST + AUTH + CLOSE
DELETE = b"DELETE /v1/llm-provider/openai HTTP/1.1\r\n" + HOST + AUTH + CLOSE
POST = b"POST /v1/llm-providers HTTP/1.1\r\nContent-Type: application/json\r\n" + HOST + AUTH
CHUNKED = POST + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = b'{"%s": 1}' % SECRET
END = b"\r\n"
CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)


@dataclass(frozen=True)
class Malformed:
    """Bytes, and the statuses of the answers that come before the connection is closed.

    `cut`: our side of the connection ends after the bytes.
    """

    id: str
    sent: bytes
    statuses: tuple[int, ...]
    cut: bool = False


def length(value: bytes) -> bytes:
    return POST + CLOSE + b"Content-Length: %s\r\n\r\n" % value


MALFORMED = [
    # The request line
    Malformed("nothing", b"", (), cut=True),
    Malformed("a line break", b"\r\n", (), cut=True),
    Malformed("NULs", b"\0" * 100 + b"\r\n\r\n", (400,)),
    Malformed("a TLS handshake", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + SECRET, (400,)),
    Malformed("a secret", SECRET + b"\r\n\r\n", (400,)),
    Malformed("a method alone", b"GET\r\n\r\n", (400,)),
    Malformed("no version", b"GET /v1/llm-providers\r\n\r\n", (400,)),
    Malformed("HTTP/0.9", b"GET /v1/llm-providers HTTP/0.9\r\n\r\n", (400,)),
    Malformed("HTTP/2.0", b"GET /v1/llm-providers HTTP/2.0\r\n" + HOST + END, (400,)),
    Malformed("HTTP/9.9", b"GET /v1/llm-providers HTTP/9.9\r\n" + HOST + END, (400,)),
    Malformed("another protocol", b"GET /v1/llm-providers %s/1.1\r\n" % SECRET + HOST + END, (400,)),
    Malformed("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ()),
    Malformed("a NUL in the path", b"GET /v1/%s\0 HTTP/1.1\r\n" % SECRET + HOST + AUTH + CLOSE + END, (400,)),
    Malformed("a space in the path", b"GET /v1/a %s HTTP/1.1\r\n" % SECRET + HOST + AUTH + CLOSE + END, (400,)),
    Malformed("Latin-1 in the path", b"GET /v1/llm-provider/\xe9 HTTP/1.1\r\n" + HOST + AUTH + CLOSE + END, (400,)),
    Malformed("no slash", b"GET v1/llm-providers HTTP/1.1\r\n" + HOST + AUTH + CLOSE + END, (400,)),
    Malformed("a path of 70 KB", b"GET /v1/%s HTTP/1.1\r\n" % (b"a" * 70_000) + HOST + AUTH + CLOSE + END, (414,)),
    Malformed("a path of 1 MB", b"GET /v1/%s HTTP/1.1\r\n" % (b"a" * 1_000_000) + HOST + AUTH + CLOSE + END, (431,)),
    Malformed("a lower-case method", b"get /v1/llm-providers HTTP/1.1\r\n" + HOST + AUTH + CLOSE + END, (200,)),
    Malformed(
        "a method of 10 KB", b"A" * 10_000 + b" /v1/llm-providers HTTP/1.1\r\n" + HOST + AUTH + CLOSE + END, (405,)
    ),
    Malformed("a method in Latin-1", b"G\xc9T /v1/llm-providers HTTP/1.1\r\n" + HOST + AUTH + CLOSE + END, (400,)),
    Malformed(
        "an absolute target", b"GET http://127.0.0.1/v1/llm-providers HTTP/1.1\r\n" + HOST + AUTH + CLOSE + END, (200,)
    ),
    Malformed(
        "an absolute target without a host",
        b"GET http://127.0.0.1/v1/llm-providers HTTP/1.1\r\n" + AUTH + CLOSE + END,
        (200,),
    ),
    Malformed(
        "a foreign absolute target",
        b"GET http://%s.example/v1/nope HTTP/1.1\r\n" % SECRET + HOST + AUTH + CLOSE + END,
        (404,),
    ),
    Malformed("a fragment", b"GET /v1/llm-providers#%s HTTP/1.1\r\n" % SECRET + HOST + AUTH + CLOSE + END, (200,)),
    Malformed("line breaks before the request", b"\r\n\r\n" + GET + END, (200,)),
    Malformed("bare line feeds", (GET + END).replace(b"\r\n", b"\n"), (200,)),
    Malformed("bare carriage returns", (GET + END).replace(b"\r\n", b"\r"), (400,)),
    # Headers
    Malformed("no host", LIST + AUTH + CLOSE + END, (400,)),
    Malformed("two hosts", LIST + HOST + b"Host: %s.example\r\n" % SECRET + AUTH + CLOSE + END, (400,)),
    Malformed("two hosts, the other way", LIST + b"Host: %s.example\r\n" % SECRET + HOST + AUTH + CLOSE + END, (400,)),
    Malformed("two equal hosts", LIST + HOST + HOST + AUTH + CLOSE + END, (400,)),
    Malformed("a lower-case scheme", LIST + HOST + CLOSE + b"Authorization: bearer $token\r\n" + END, (401,)),
    Malformed("two Authorization headers", GET + b"Authorization: Basic %s\r\n" % SECRET + END, (401,)),
    Malformed("two tokens", GET + b"Authorization: Bearer %s\r\n" % SECRET + END, (401,)),
    Malformed("two good tokens", GET + AUTH + END, (401,)),
    Malformed("a NUL in a header", GET + b"X-A: %s\0\r\n" % SECRET + END, (400,)),
    Malformed("a folded header", GET + b"X-A: a\r\n %s\r\n" % SECRET + END, (400,)),
    Malformed("a header without a colon", GET + SECRET + b"\r\n" + END, (400,)),
    Malformed("a header without a name", GET + b": %s\r\n" % SECRET + END, (400,)),
    Malformed("a space before the colon", GET + b"X-A : %s\r\n" % SECRET + END, (400,)),
    Malformed("a space before the name", GET + b" X-A: %s\r\n" % SECRET + END, (400,)),
    Malformed("a header name in Latin-1", GET + b"X-\xe9: %s\r\n" % SECRET + END, (400,)),
    Malformed("a header of 1 MB", GET + b"X-A: %s\r\n" % (b"a" * 1_000_000) + END, (431,)),
    Malformed("1,000 headers", GET + b"".join(b"X-%d: a\r\n" % number for number in range(1000)) + END, (431,)),
    Malformed("headers cut short", GET + b"X-A: " + SECRET, (), cut=True),
    # Lengths
    *(
        Malformed(f"a length of {value.decode()}", length(value) + BODY, (400,))
        for value in (b"", b"abc", b"-1", b"+2", b"2.0", b"0x2", b"2, 2", b"2 2", "٢".encode(), b"9" * 20, b"9" * 5000)
    ),
    Malformed("two different lengths", POST + b"Content-Length: 2\r\n" + length(b"3")[len(POST) :] + b"{} ", (400,)),
    Malformed("a length in a header with an underscore", GET + b"Content_Length: 7141\r\n" + END, (200,)),
    Malformed("a body cut short", length(b"7141") + BODY, (400,), cut=True),
    Malformed("no body at all", length(b"7141"), (400,), cut=True),
    Malformed("a length of 2^63-1", length(b"9223372036854775807") + BODY, (400,), cut=True),
    Malformed("a body longer than its length", length(b"2") + b"{}" + SECRET, (400,)),
    Malformed("a body nobody announced", POST + CLOSE + END + BODY, (400,)),
    # Chunks
    Malformed("chunks", CHUNKED + CHUNK + b"0\r\n\r\n", (400,)),
    Malformed("a chunk extension", CHUNKED + CHUNK.replace(b"\r\n", b";a=%s\r\n" % SECRET, 1) + b"0\r\n\r\n", (400,)),
    Malformed("a trailer", CHUNKED + CHUNK + b"0\r\nHost: %s.example\r\n\r\n" % SECRET, (400,)),
    Malformed("a chunk size in words", CHUNKED + b"%s\r\n" % SECRET, (400,)),
    Malformed("a negative chunk size", CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", (400,)),
    Malformed("a chunk size beyond 2^64", CHUNKED + b"f" * 18 + b"\r\n{}\r\n0\r\n\r\n", (400,)),
    Malformed("a chunk size of 2^63-1", CHUNKED + b"7fffffffffffffff\r\n" + BODY, (400,), cut=True),
    Malformed("a chunk without its line break", CHUNKED + CHUNK[:-2] + b"xx0\r\n\r\n", (400,)),
    Malformed("chunks cut short", CHUNKED + CHUNK[:-5], (400,), cut=True),
    Malformed("chunks without an end", CHUNKED + CHUNK, (400,), cut=True),
    Malformed("an extension of 100 KB", CHUNKED + b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n", (400,)),
    Malformed("10,000 chunks of a byte", CHUNKED + b"1\r\n \r\n" * 10_000 + b"0\r\n\r\n", (400,)),
    Malformed("chunks of 70 KB", CHUNKED + b"%x\r\n%s\r\n" % (70_000, b" " * 70_000) + b"0\r\n\r\n", (413,)),
    Malformed(
        "a length and chunks",
        POST + CLOSE + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK + b"0\r\n\r\n",
        (400,),
    ),
    Malformed(
        "chunks and a length",
        POST + CLOSE + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n" + CHUNK + b"0\r\n\r\n",
        (400,),
    ),
    *(
        Malformed(
            f"a transfer encoding of {coding.decode()}",
            POST + CLOSE + b"Transfer-Encoding: %s\r\n\r\n" % coding,
            (400,),
            cut=True,
        )
        for coding in (
            b"identity",
            b"gzip",
            b"xchunked",
            b"chunked, identity",
            b"chunked,",
            b"\x0bchunked",
            b"gzip, chunked",
            SECRET,
        )
    ),
    Malformed("chunks over HTTP/1.0", CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + CHUNK, (400,)),
    # Conditions
    Malformed("a NUL in a condition", DELETE + b'If-Match: "%s\0"\r\n' % SECRET + END, (400,)),
    Malformed("a condition over two lines", DELETE + b'If-Match: "0-0",\r\n "0-1"\r\n' + END, (400,)),
    Malformed("a condition of 1 MB", DELETE + b'If-Match: "%s"\r\n' % (b"a" * 1_000_000) + END, (431,)),
    # Connections
    Malformed("HTTP/1.0", (GET + END).replace(b"HTTP/1.1", b"HTTP/1.0"), (200,)),
    Malformed("HTTP/1.0 without a host", b"GET /v1/llm-providers HTTP/1.0\r\n" + AUTH + END, (400,)),
    Malformed(
        "a pipeline", LIST + HOST + AUTH + END + b"GET /v1/%s HTTP/1.1\r\n" % SECRET + HOST + CLOSE + END, (200, 404)
    ),
    Malformed("a body and a request in one", POST + b"Content-Length: 2\r\n\r\n{}" + GET + END, (400, 200)),
    Malformed(
        "a request behind a body too short", POST + b"Content-Length: 500\r\n\r\n{}" + GET + END, (400,), cut=True
    ),
    Malformed(
        "a request behind a body too long", POST + b"Content-Length: 2\r\n\r\n{}" + SECRET + b"\r\n\r\n", (400, 400)
    ),
    Malformed("a hundred pipelined requests", (LIST + HOST + AUTH + END) * 99 + GET + END, (200,) * 100),
    Malformed("an expectation", POST + CLOSE + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", (400,)),
]
