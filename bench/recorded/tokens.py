"""The token routes, and tokens that are no longer, or never were, good."""

import base64
import json
import time
from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.models import User

from bench.recorded.examples import LIST
from bench.recorded.people import PASSWORD
from bench.recorded.recorder import Recorder

TOKEN, REFRESH, REVOKE = "/v1/token", "/v1/token/refresh", "/v1/token/revoke"
LOGINS: dict[str, Any] = {
    "wrong password": {"username": "viewer", "password": "wrong"},
    "unknown user": {"username": "nobody's", "password": PASSWORD},
    "no password": {"username": "viewer"},
    "nothing": {},
    "an empty password": {"username": "viewer", "password": ""},
    "a number": {"username": 1, "password": 2},
    "one more": {"username": "viewer", "password": PASSWORD, "otp": "1"},
    "a long name": {"username": "x" * 151, "password": PASSWORD},
    "a long password": {"username": "viewer", "password": "x" * 5000},
    "a NUL": {"username": "view\0er", "password": PASSWORD},
    "another case": {"username": "Viewer", "password": PASSWORD},
}


def record(recorder: Recorder) -> None:
    for name, login in LOGINS.items():
        recorder.api("", "POST", TOKEN, login, name)
    recorder.api("viewer", "POST", TOKEN, {"username": "auditor", "password": PASSWORD}, "with another's token")
    renew(recorder, obtain(recorder, "viewer"))
    forge(recorder)
    lose(recorder)
    for attempt in range(7):
        recorder.api("", "POST", TOKEN, {"username": "consumer", "password": "wrong"}, f"attempt {attempt}")
    recorder.api("", "POST", TOKEN, {"username": "consumer", "password": PASSWORD}, "locked out")
    obtain(recorder, "auditor")


def obtain(recorder: Recorder, username: str) -> dict[str, str]:
    answer = recorder.api("", "POST", TOKEN, {"username": username, "password": PASSWORD}, username)
    pair: dict[str, str] = answer.json()
    return pair


def with_token(recorder: Recorder, token: str, note: str) -> None:
    recorder.api("", "GET", LIST, None, note, headers={"Authorization": f"Bearer {token}"})


def renew(recorder: Recorder, pair: dict[str, str]) -> None:
    with_token(recorder, pair["access"], "as obtained")
    with_token(recorder, pair["refresh"], "a refresh token")
    recorder.api("", "POST", REFRESH, {"refresh": pair["access"]}, "an access token")
    renewed = recorder.api("", "POST", REFRESH, {"refresh": pair["refresh"]}).json()
    with_token(recorder, renewed["access"], "renewed")
    for path in (REFRESH, REVOKE):
        recorder.api("", "POST", path, {"refresh": pair["refresh"]}, "used before")
        for name, body in {"nothing": {}, "a number": {"refresh": 1}, "nonsense": {"refresh": "a.b.c"}}.items():
            recorder.api("", "POST", path, body, name)
        recorder.api("", "POST", path, {"refresh": renewed["refresh"], "x": 1}, "one more")
    recorder.api("", "POST", REVOKE, {"refresh": renewed["refresh"]})
    recorder.api("", "POST", REFRESH, {"refresh": renewed["refresh"]}, "revoked")


def forge(recorder: Recorder) -> None:
    good = recorder.token("viewer")
    claims = json.loads(base64.urlsafe_b64decode(good.split(".")[1] + "=="))
    past, known = int(time.time()) - 10, settings.SIMPLE_JWT["SIGNING_KEY"]
    odd: dict[str, dict[str, Any]] = {
        "as it was": {},
        "expired": {"exp": past},
        "another issuer": {"iss": "somebody"},
        "another audience": {"aud": "somebody"},
        "another type": {"token_type": "sliding"},
        "a user nobody is": {"user_id": "999999"},
        "a user id of text": {"user_id": "one"},
        "an odd jti": {"jti": "1"},
        "an old password": {claim: "x" for claim in claims if claim.startswith("hash")},
    }
    for name, changed in odd.items():
        with_token(recorder, jwt.encode({**claims, **changed}, known, "HS256"), name)
    for claim in sorted(claims):
        left = {name: value for name, value in claims.items() if name != claim}
        with_token(recorder, jwt.encode(left, known, "HS256"), f"without {claim}")
    with_token(recorder, jwt.encode(claims, "another key, as long as is needed here", "HS256"), "another key")
    with_token(recorder, jwt.encode(claims, known + known, "HS512"), "another algorithm")
    with_token(recorder, jwt.encode(claims, None, "none"), "unsigned")
    with_token(recorder, good[:-4], "cut")


def lose(recorder: Recorder) -> None:
    """Whoever is deactivated, gets another password, or goes."""
    for name in ("inactive", "leaver"):
        pair = obtain(recorder, name)
        for change in ("set_unusable_password", "deactivate", "delete"):
            user = User.objects.get(username=name)
            if change == "delete":
                user.delete()
            else:
                user.is_active = change != "deactivate"
                user.set_password(PASSWORD + change)
                user.save()
            with_token(recorder, pair["access"], f"{name}, {change}")
            recorder.api("", "POST", REFRESH, {"refresh": pair["refresh"]}, f"{name}, {change}")
            recorder.api("", "POST", TOKEN, {"username": name, "password": PASSWORD + change}, f"{name}, {change}")
