"""One bad request, as data."""

from dataclasses import dataclass, field

# Stands wherever a caller might paste a secret. It fits a JSON string, a header, a path and a name.
CANARY = "sk-canary7141secret"

CREATE = "/v1/llm-providers"
LIST = CREATE
ITEM = "/v1/llm-provider/openai"
STATUS = f"{ITEM}/status"
TRAIL = "/v1/audit-events"
TOKEN, REFRESH, REVOKE = "/v1/token", "/v1/token/refresh", "/v1/token/revoke"
READ = (LIST, ITEM, STATUS, TRAIL)
CHANGES = (("PUT", ITEM), ("PATCH", ITEM))
TAKE_JSON = (("POST", CREATE), *CHANGES, ("POST", TOKEN), ("POST", REFRESH), ("POST", REVOKE))
ALL = (*(("GET", path) for path in READ), *TAKE_JSON, ("DELETE", ITEM))

# Complete and right, but each provider is configured already. As a change it would be made.
VALID = b'{"provider": "openai", "credentials": {"api_key": "%s"}}' % CANARY.encode()
# What no configuration matches: with it a change that is right is refused all the same.
STALE: dict[str, str | bytes | None] = {"If-Match": '"0-0"'}


@dataclass(frozen=True)
class Case:
    """A request and the status it deserves.

    `headers` go over the usual ones; None leaves one out. A `body` of None is none at all.
    `canary` is what neither answer nor log may repeat.
    """

    id: str
    status: int
    method: str = "GET"
    path: str | bytes = LIST
    headers: dict[str, str | bytes | None] = field(default_factory=dict)
    body: bytes | None = None
    canary: str = CANARY

    def request(self, token: str) -> bytes:
        usual: dict[str, str | bytes | None] = {
            "Host": "127.0.0.1",
            "Connection": "close",
            "Authorization": f"Bearer {token}",
        }
        if self.body is not None:
            usual |= {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        lines = [b"%s %s HTTP/1.1" % (as_bytes(self.method), as_bytes(self.path))]
        lines += [
            b"%s: %s" % (as_bytes(name), as_bytes(value))
            for name, value in {**usual, **self.headers}.items()
            if value is not None
        ]
        return b"\r\n".join([*lines, b"", self.body or b""])


def as_bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
