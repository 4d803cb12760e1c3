"""Headers: media types, encodings, hosts, and what other services believe but this one does not."""

import gzip

from tests.torture.corpus.case import ALL, CANARY, CREATE, ITEM, LIST, TAKE_JSON, TOKEN, VALID, Case

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
    f"application/xml; {'a' * 11_000}",
    b"\xff\xfe",
]
ACCEPTED_ACCEPTS = ["*/*", "application/*", "text/html, application/json", "application/json; charset=utf-8"]
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
IGNORED: list[dict[str, str | bytes | None]] = [
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-HTTP-Method": "DELETE"},
    {"X-Method-Override": CANARY},
    {"X-Forwarded-Host": f"{CANARY}.example"},
    {"X-Forwarded-Proto": CANARY},
    {"X-Forwarded-For": CANARY},
    {"X-Forwarded-For": "127.0.0.1, " * 500},
    {"Forwarded": f"for={CANARY};host={CANARY}"},
    {"X-Real-IP": CANARY},
    {"X-Original-URL": f"/admin/{CANARY}"},
    {"X-Rewrite-URL": f"/admin/{CANARY}"},
    {"X-Script-Name": f"/{CANARY}"},
    {"Remote-User": CANARY},
    {"Cookie": f"sessionid={CANARY}; csrftoken={CANARY}"},
    {"Cookie": f";;={CANARY};="},
    {"Origin": f"https://{CANARY}.example"},
    {"Referer": f"https://{CANARY}.example"},
    {"Accept-Language": CANARY * 100},
    {"Accept-Encoding": CANARY},
    {"User-Agent": f"() {{ :; }}; echo {CANARY}"},
    {"X-Api-Version": f"${{jndi:ldap://{CANARY}}}"},
    {"X-Padding": CANARY * 2000},
    {"Upgrade": "h2c"},
    {"Upgrade": "websocket"},
    {"Expect": f"200-{CANARY}"},
    {"Content-Language": CANARY},
    {"X-Request-ID": ""},
    {"X-Request-ID": f"{CANARY} {CANARY}"},
    {"X-Request-ID": f"<script>{CANARY}</script>"},
    {"X-Request-ID": CANARY * 4},
    {"X-Request-ID": f"{CANARY}\tx"},
    {"X-Request-ID": f"{CANARY}\u0661"},
    {"X-Request-ID": CANARY.encode() + b"\xff"},
    {"X_Request_ID": f"{CANARY}/"},
]
CONDITIONS: list[dict[str, str | bytes | None]] = [
    {"If-Modified-Since": CANARY},
    {"If-Unmodified-Since": "Thu, 99 Foo 0000 99:99:99 GMT"},
    {"If-None-Match": CANARY},
    {"If-None-Match": '"' * 5000},
    {"Range": "bytes=0-0"},
    {"Range": f"{CANARY}=-"},
]

CASES = [
    *(
        Case(f"{path} takes no {media_type!r:.60}", 415, "POST", path, {"Content-Type": media_type}, VALID)
        for path in TAKE_JSON
        for media_type in MEDIA_TYPES
    ),
    *(
        Case(
            f"{path} takes no charset {charset!r}",
            400,
            "POST",
            path,
            {"Content-Type": f"application/json; charset={charset}"},
            VALID,
        )
        for path in TAKE_JSON
        for charset in CHARSETS
    ),
    *(
        Case(
            f"{path} reads its query in UTF-8, not {charset!r}",
            400,
            path=f"{path}?{CANARY}=%41",
            headers={"Content-Type": f"text/plain; charset={charset}"},
        )
        for path in (LIST, ITEM)
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
        Case(f"{path} takes no gzip", 400, "POST", path, {"Content-Encoding": "gzip"}, gzip.compress(VALID))
        for path in TAKE_JSON
    ),
    *(
        Case(
            f"{path} cannot answer {accept!r:.60}",
            406,
            "GET" if path in (LIST, ITEM) else "POST",
            path,
            {"Accept": accept},
            None if path in (LIST, ITEM) else VALID,
        )
        for path in ALL
        for accept in REFUSED_ACCEPTS
    ),
    *(Case(f"{accept} can be answered", 409, "POST", CREATE, {"Accept": accept}, VALID) for accept in ACCEPTED_ACCEPTS),
    *(
        Case(f"{path} is not on host {host!r}", 400, path=path, headers={"Host": host})
        for path in (LIST, ITEM, TOKEN)
        for host in FOREIGN_HOSTS
    ),
    *(
        Case(f"creating ignores {number} {header!r:.60}", 409, "POST", CREATE, header, VALID)
        for number, header in enumerate(IGNORED)
    ),
    *(
        Case(f"a login ignores {number} {header!r:.60}", 400, "POST", TOKEN, header, VALID)
        for number, header in enumerate(IGNORED)
    ),
    *(Case(f"the list ignores {header!r:.60}", 200, headers=header) for header in CONDITIONS),
    Case("without a length there is no body", 400, "POST", CREATE, {"Content-Length": None}, VALID),
]
