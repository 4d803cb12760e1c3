"""Headers that other services believe, and this one does not: they change no answer."""

from tests.torture.corpus.case import CANARY, CHANGES, CREATE, STALE, TOKEN, VALID, Case

IGNORED: list[dict[str, str | bytes | None]] = [
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-HTTP-Method": "DELETE"},
    {"X-Method-Override": CANARY},
    {"X-Forwarded-Host": f"{CANARY}.example"},
    {"X-Forwarded-Proto": CANARY},
    {"X-Forwarded-For": CANARY},
    {"X-Forwarded-For": "127.0.0.1, " * 300},
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
    {"X-Padding": CANARY * 200},
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
CASES = [
    *(
        Case(f"creating ignores {number} {header!r:.60}", 409, "POST", CREATE, header, VALID)
        for number, header in enumerate(IGNORED)
    ),
    *(
        Case(f"a login ignores {number} {header!r:.60}", 400, "POST", TOKEN, header, VALID)
        for number, header in enumerate(IGNORED)
    ),
    *(
        Case(f"a {method} ignores {number} {header!r:.60}", 412, method, path, header | STALE, VALID)
        for method, path in CHANGES
        for number, header in enumerate(IGNORED)
    ),
]
