"""Tokens: forged ones, and validly signed ones whose claims are odd."""

import base64
import hmac
import json
from dataclasses import dataclass
from uuid import uuid4

from tests.torture.corpus.case import CANARY

OTHER_KEY = "another key of the right length, which signs for nobody here"


@dataclass(frozen=True)
class Odd:
    """What differs from a good token. Claims and header are JSON text, so that they can be anything."""

    id: str
    claims: dict[str, str | None]
    header: str = '{"alg": "HS256", "typ": "JWT"}'
    algorithm: str = "sha256"
    key: str | None = None
    status: int = 401

    def token(self, good: str, signing_key: str) -> str:
        """Change a good token, give it an id of its own, and sign it again."""
        fresh = {**read_claims(good), "jti": uuid4().hex}
        claims = {name: json.dumps(value) for name, value in fresh.items()} | self.claims
        payload = ", ".join(f'"{name}": {value}' for name, value in claims.items() if value is not None)
        signed = f"{encode(self.header.encode())}.{encode(f'{{{payload}}}'.encode())}"
        if not self.algorithm:
            return f"{signed}."
        signature = hmac.digest((self.key or signing_key).encode(), signed.encode(), self.algorithm)
        return f"{signed}.{encode(signature)}"


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_claims(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


TIMES = {
    "missing": None,
    "null": "null",
    "a word": '"tomorrow"',
    "digits in a string": '"99999999999"',
    "past": "1000000000",
    "zero": "0",
    "negative": "-1",
    "1e400": "1e400",
    "-1e400": "-1e400",
    "NaN": "NaN",
    "an integer of 4,000 digits": "9" * 4000,
    "an integer of 5,000 digits": "9" * 5000,
    "beyond the calendar": "999999999999999",
    "an array": "[1]",
    "an object": '{"a": 1}',
    "true": "true",
}
IDENTITIES = {
    "missing": None,
    "null": "null",
    "true": "true",
    "a number": "1",
    "a float": "1.0",
    "negative": '"-1"',
    "an array": "[1]",
    "an object": '{"id": 1}',
    "an empty string": '""',
    "a NUL": '"1\\u0000"',
    "a line break": '"1\\n"',
    "a surrogate": '"\\ud800"',
    "white space": '" 1"',
    "a sign": '"+1"',
    "an underscore": '"1_0"',
    "Arabic-Indic digits": '"\u0661"',
    "full width digits": '"\uff11"',
    "superscript digits": '"¹"',
    "19 digits": '"9999999999999999999"',
    "5,000 digits": '"' + "9" * 5000 + '"',
    "an integer of 5,000 digits": "9" * 5000,
    "1e400": "1e400",
    "a user nobody is": '"999999999"',
    "SQL": f"\"1' OR '{CANARY}'='{CANARY}\"",
}
NAMES = {
    "missing": None,
    "null": "null",
    "a number": "7141",
    "an array": f'["{CANARY}"]',
    "an object": f'{{"{CANARY}": 1}}',
    "an empty string": '""',
    "a NUL": '"\\u0000"',
    "a surrogate": '"\\ud800"',
    "something else": f'"{CANARY}"',
    "5,000 characters": '"' + "a" * 5000 + '"',
}
DEEP = "[" * 900 + "]" * 900
ODD = [
    Odd("alg none", {}, header='{"alg": "none", "typ": "JWT"}', algorithm=""),
    Odd("alg None", {}, header='{"alg": "None"}', algorithm=""),
    Odd("alg none with a signature", {}, header='{"alg": "none"}'),
    Odd("HS512", {}, header='{"alg": "HS512"}', algorithm="sha512"),
    Odd("HS384", {}, header='{"alg": "HS384"}', algorithm="sha384"),
    Odd("RS256", {}, header='{"alg": "RS256"}'),
    Odd("an unknown alg", {}, header=f'{{"alg": "{CANARY}"}}'),
    Odd("no alg", {}, header="{}"),
    Odd("an alg that is an array", {}, header='{"alg": ["HS256"]}'),
    Odd("an alg that is null", {}, header='{"alg": null}'),
    Odd("a header that is an array", {}, header="[]"),
    Odd("a header that is no JSON", {}, header=CANARY),
    Odd("a header of deep brackets", {}, header=f'{{"alg": {DEEP}}}'),
    Odd("a critical extension", {}, header=f'{{"alg": "HS256", "crit": ["{CANARY}"]}}'),
    Odd("a kid that is an object", {}, header='{"alg": "HS256", "kid": {}}'),
    Odd("b64 false", {}, header='{"alg": "HS256", "b64": false}'),
    Odd("another key", {}, key=OTHER_KEY),
    *(Odd(f"exp {name}", {"exp": value}) for name, value in TIMES.items()),
    *(
        Odd(f"nbf {name}", {"nbf": value})
        for name, value in TIMES.items()
        if name in ("a word", "null", "1e400", "NaN", "an array", "an object", "beyond the calendar")
    ),
    Odd("iat in the future", {"iat": "99999999999"}),
    Odd("iat a word", {"iat": f'"{CANARY}"'}),
    Odd("iat 1e400", {"iat": "1e400"}),
    *(Odd(f"user_id {name}", {"user_id": value}) for name, value in IDENTITIES.items()),
    *(
        Odd(f"{claim} {name}", {claim: value})
        for claim in ("jti", "token_type", "iss", "aud", "hash_password")
        for name, value in NAMES.items()
    ),
    Odd("deep brackets in a claim", {"extra": "[" * 100_00 + "]" * 100_00}),
    Odd("a claim of 5,000 digits", {"extra": "9" * 5000}),
    Odd("no claims but exp", dict.fromkeys(("jti", "token_type", "iss", "aud", "user_id", "hash_password", "iat"))),
]

# In the place of the whole Authorization header.
AUTHORIZATIONS: dict[str, str | bytes | None] = {
    "none at all": None,
    "empty": "",
    "only a scheme": "Bearer",
    "only a scheme and a space": "Bearer ",
    "no scheme": CANARY,
    "three words": f"Bearer {CANARY} {CANARY}",
    "Basic": "Basic " + base64.b64encode(f"admin:{CANARY}".encode()).decode(),
    "Token": f"Token {CANARY}",
    "JWT": f"JWT {CANARY}",
    "Digest": f'Digest username="{CANARY}"',
    "a word": f"Bearer {CANARY}",
    "two dots": "Bearer ..",
    "four parts": f"Bearer {CANARY}.{CANARY}.{CANARY}.{CANARY}",
    "three parts of nothing": f"Bearer {CANARY}.{CANARY}.{CANARY}",
    "a comma": f"Bearer {CANARY}, Basic {CANARY}",
    "a quoted token": f'Bearer "{CANARY}"',
    "Latin-1": b"Bearer \xe9\xff",
    "UTF-8": "Bearer é",
    "a no-break space": "Bearer\u00a0" + CANARY,
    "4,000 characters": "Bearer " + CANARY + "a" * 4000,
    "4,000 dots": "Bearer " + "." * 4000,
}
