"""Headers: media types, encodings and hosts."""

import gzip

from tests.torture.corpus.case import (
    ALL,
    CANARY,
    CREATE,
    ITEM,
    LIST,
    READ,
    TAKE_JSON,
    TOKEN,
    TRAIL,
    VALID,
    Case,
)

MEDIA_TYPES: list[str | bytes | None] = [
    None,
    "",
    ";;;",
    CANARY,
    f"{CANARY}/{CANARY}",
    "text/plain",
    "text/json",
    "text/html",
    "*/*",
    "application/*",
    "application/jsonp",
    "application/json5",
    "application/problem+json",
    "application/merge-patch+json",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    f"multipart/form-data; boundary={CANARY}",
    "application/octet-stream",
    f"application/json; charset*={CANARY}''utf-8",
    "application/json; charset*=utf-8''%00",
    f"application/json; x={'a' * 11_000}",
    "application/js\u043en".encode(),
    b"application/json\xff",
    b"application/json; charset=\xff",
]
CHARSETS = [
    "utf-16",
    "utf-7",
    "latin-1",
    "iso-8859-1",
    "hex",
    "rot13",
    "undefined",
    "idna",
    "unicode_escape",
    CANARY,
]
UTF8 = ["utf-8", "UTF-8", '"utf-8"', "utf8"]
REFUSED_ACCEPTS: list[str | bytes] = [
    CANARY,
    f"application/{CANARY}",
    "text/html",
    "text/html;q=0.9, application/xhtml+xml",
    "application/xml",
    "application/yaml",
    "application/problem+json",
    ";;;",
    "/",
    f"application/json; x*={CANARY}''x",
    f"application/xml; {'a' * 4000}",
    b"\xff\xfe",
]
ACCEPTED_ACCEPTS = ["*/*", "application/*", "text/html, application/json", "application/json; charset=utf-8"]
LONG = f"{CANARY}, " * 3000  # 60 KB, as much as a client gets past the server
# What an attacker finds slow to parse where it may be long, and what is told to other services.
LONG_HEADERS = {
    "Accept": "a/b;q=0.1, " * 5000,
    "Authorization": f"Bearer {LONG}",
    "Cookie": r'sessionid="' + r"\"" * 30_000 + '"',
    "Forwarded": f"for={LONG}",
    "If-Match": f'"{LONG}"',
    "If-None-Match": '"0-0",' * 10_000,
    "Range": "bytes=" + "0-0," * 15_000,
    "X-Forwarded-For": "127.0.0.1, " * 500,
    "X-Padding": LONG,
    "X-Request-ID": LONG,
}
FOREIGN_HOSTS = [
    "evil.example",
    f"{CANARY}.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "127.0.0.1:\u0668\u0660",
    "127.0.0.1:80:80",
    "127.0.0.1:port",
    "localhost evil.example",
    "localhost/evil",
    "local_host",
    "[::1",
    "2130706433",
    "0x7f.1",
    "\uff11\uff12\uff17.0.0.1",
    "",
]
CASES = [
    *(
        Case(f"{method} {path} takes no {media_type!r:.60}", 415, method, path, {"Content-Type": media_type}, VALID)
        for method, path in TAKE_JSON
        for media_type in MEDIA_TYPES
    ),
    *(
        Case(
            f"{method} {path} takes no charset {charset!r}",
            400,
            method,
            path,
            {"Content-Type": f"application/json; charset={charset}"},
            VALID,
        )
        for method, path in TAKE_JSON
        for charset in CHARSETS
    ),
    *(
        Case(
            f"{path} reads its query in UTF-8, not {charset!r}",
            400,
            path=f"{path}?{CANARY}=%41",
            headers={"Content-Type": f"text/plain; charset={charset}"},
        )
        for path in READ
        for charset in CHARSETS
    ),
    *(
        Case(
            f"charset {charset} is fine",
            409,
            "POST",
            CREATE,
            {"Content-Type": f"application/json;charset={charset}"},
            VALID,
        )
        for charset in UTF8
    ),
    *(
        Case(f"{method} {path} takes no gzip", 400, method, path, {"Content-Encoding": "gzip"}, gzip.compress(VALID))
        for method, path in TAKE_JSON
    ),
    *(
        Case(
            f"{method} {path} cannot answer {accept!r:.60}",
            406,
            method,
            path,
            {"Accept": accept},
            None if method in ("GET", "DELETE") else VALID,
        )
        for method, path in ALL
        for accept in REFUSED_ACCEPTS
    ),
    *(
        Case(f"{method} {path} takes no long {name}", 431, method, path, {name: value})
        for method, path in ALL
        for name, value in LONG_HEADERS.items()
    ),
    *(Case(f"{accept} can be answered", 409, "POST", CREATE, {"Accept": accept}, VALID) for accept in ACCEPTED_ACCEPTS),
    *(
        Case(f"{path} is not on host {host!r}", 400, path=path, headers={"Host": host})
        for path in (LIST, ITEM, TRAIL, TOKEN)
        for host in FOREIGN_HOSTS
    ),
    Case("without a length there is no body", 400, "POST", CREATE, {"Content-Length": None}, VALID),
]
