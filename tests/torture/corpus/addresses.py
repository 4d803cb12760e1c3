"""Paths, queries and methods that lead nowhere."""

from tests.torture.corpus.case import ALL, CANARY, CREATE, ITEM, LIST, REFRESH, REVOKE, STATUS, TOKEN, TRAIL, Case

PATHS: list[str | bytes] = [
    "/v1",
    "/v1/",
    "/v1//",
    f"/v1/{CANARY}",
    f"/v1/{CANARY}/{CANARY}",
    "/v1/llm-provider",
    "/v1/llm-provider/",
    "/v1/llm-providers/",
    "/v1/llm-providers/openai",
    "/v1/llm-provider/openai/",
    "/v1/llm-provider/OpenAI",
    f"/v1/llm-provider/{CANARY}",
    f"/v1/llm-provider/openai/{CANARY}",
    f"/v1/llm-provider/openai;{CANARY}",
    f"/v1/llm-provider/{CANARY}%00",
    "/v1/llm-provider/%00",
    "/v1/llm-provider/openai%00",
    "/v1/llm-provider/%FF%FE",
    "/v1/llm-provider/%zz",
    "/v1/llm-provider/%",
    "/v1/llm-provider/%ED%A0%80",
    f"/v1/llm-provider/openai%0d%0aX-Injected:{CANARY}",
    "/v1/llm-provider/..",
    "/v1/llm-provider/%2e%2e",
    f"/v1/llm-provider/%2e%2e%2f{CANARY}",
    "/v1/../v1/llm-providers",
    "/v1/%2e%2e/v1/llm-providers",
    "/v1/./llm-providers",
    "/v1/llm-providers%20",
    "/v1/llm-providers%3fenabled=true",
    "/v1/llm-provider/\uff11",
    "/v1/llm-provider/%D9%A1",
    "/v1/llm-provider/\uff4f\uff50\uff45\uff4e\uff41\uff49",
    "/v1/llm-provider/{provider}",
    "/v1/llm-provider/openai'%20OR%201=1--",
    "/v1/llm-provider/__class__",
    "/v1/llm-provider/" + CANARY + "a" * 8000,
    "/v1/" + "a/" * 4000,
    "/v1/TOKEN",
    "/v1/token/",
    "/v1/token/refresh/",
    f"/v1/token/{CANARY}",
    "/v1/llm-provider/openai/credentials.json",
    "/v1/.env",
    "/v1/llm-providers.json",
    "/v1/audit-events/",
    f"/v1/audit-events/{CANARY}",
    "/v1/audit-events/1",
    "/v1/llm-providers/status",
    f"/v1/llm-provider/{CANARY}/status",
    "/v1/llm-provider/OpenAI/status",
    "/v1/llm-provider//status",
    "/v1/llm-provider/openai%00/status",
    "/v1/llm-provider/openai%252Fstatus",
    "/v1/llm-provider/openai/status/",
    f"/v1/llm-provider/openai/status/{CANARY}",
    "/v1/llm-provider/openai/Status",
]
QUERIES = [
    CANARY,
    f"={CANARY}",
    f"{CANARY}={CANARY}",
    f"api_key={CANARY}",
    f"token={CANARY}",
    "format=html",
    f"enabled=true&{CANARY}=1",
    f"enabled%00={CANARY}",
    "%FF=%FF",
    "a%5B%5D=1",
    "_method=DELETE",
    "x=" + CANARY + "a" * 8000,
    "&".join(f"x{number}=1" for number in range(999)),
    "&".join(f"x{number}=1" for number in range(1500)),
    "&".join("enabled=true" for _ in range(1500)),
]
FILTERS = [
    f"enabled={CANARY}",
    "enabled=",
    "enabled",
    "enabled=TRUE",
    "enabled=1",
    "enabled=true%00",
    "enabled=%FF",
    "enabled=%20true",
    f"enabled=true&enabled={CANARY}",
]
WRONG_METHODS = {
    LIST: ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "put", CANARY],
    ITEM: ["POST", "OPTIONS", "TRACE", "LOCK", CANARY],
    STATUS: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", CANARY],
    TRAIL: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", CANARY],
    TOKEN: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", CANARY],
    REFRESH: ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"],
    REVOKE: ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"],
}

CASES = [
    *(Case(f"nothing is at {path!r:.60}", 404, path=path) for path in PATHS),
    *(
        Case(f"nothing is at {path!r:.60} for nobody", 404, path=path, headers={"Authorization": None})
        for path in PATHS
        if "llm-provider/" not in str(path)
    ),
    *(
        Case(f"{method} of nothing at {path!r:.60}", 404, method, path, body=b'{"enabled": false}')
        for path in PATHS
        if "llm-provider/" in str(path) and not str(path).endswith("/status")
        for method in ("PUT", "PATCH", "DELETE")
    ),
    *(
        Case(
            f"{method} {path} takes no query {number} {query:.40}",
            400,
            method,
            f"{path}?{query}",
            body=None if method in ("GET", "DELETE") else b'{"enabled": false}',
        )
        for method, path in ALL
        for number, query in enumerate(QUERIES)
    ),
    *(Case(f"the list takes no filter {query}", 400, path=f"{LIST}?{query}") for query in FILTERS),
    *(Case(f"creating takes no query {query}", 400, "POST", f"{CREATE}?{query}", body=b"{}") for query in FILTERS),
    *(
        Case(f"{path} takes no {method}", 405, method, path)
        for path, methods in WRONG_METHODS.items()
        for method in methods
    ),
]
