"""Forms of the admin as they are sent, right and wrong."""

import json
from typing import Any

from bench.recorded.examples import EXAMPLES, LIST, body, item
from bench.recorded.people import PASSWORD
from bench.recorded.recorder import ORIGIN, Recorder

CONFIGS, USERS, GROUPS = "/admin/llm_providers/llmproviderconfig/", "/admin/auth/user/", "/admin/auth/group/"
WRITERS = ("viewer", "administrator", "superuser")


def record(recorder: Recorder) -> None:
    for who in WRITERS:
        recorder.log_in(who)
        for slug, example in EXAMPLES.items():
            configure(recorder, who, slug, example)
        accounts(recorder, who)
        switch(recorder, who)
    recorder.visit("superuser", "GET", "/admin/llm_providers/auditevent/", note="what the forms left")
    recorder.api("superuser", "GET", "/v1/audit-events?limit=200", note="what the forms left")
    sessions(recorder)


def entries(credentials: dict[str, Any], **more: str) -> dict[str, str]:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in credentials.items()}
    return {f"credentials.{name}": text for name, text in texts.items()} | more


def configure(recorder: Recorder, who: str, slug: str, example: dict[str, Any]) -> None:
    add = f"{CONFIGS}add/?provider={slug}"
    recorder.visit(who, "POST", add, {}, "empty")
    recorder.visit(who, "POST", add, entries(dict.fromkeys(example, "***")), "masks")
    recorder.visit(who, "POST", add, entries(example, enabled="on"))
    recorder.visit(who, "POST", add, entries(example), "again")
    if recorder.prepare("GET", item(slug)).status == 404:
        recorder.prepare("POST", LIST, body(slug))
    read = recorder.prepare("GET", item(slug))
    etag = read.header("ETag")
    change = f"{CONFIGS}{etag.strip(chr(34)).split('-')[0]}/change/"
    shown = {f"initial-credentials.{name}": value for name, value in read.json()["credentials"].items()}
    recorder.visit(who, "POST", change, {"etag": etag, "enabled": "on"}, "nothing entered")
    recorder.visit(who, "POST", change, {"etag": '"0-0"', **entries(example)}, "outdated")
    recorder.visit(who, "POST", change, {"etag": etag, **entries(dict.fromkeys(example, "\n"))}, "bad")
    recorder.visit(
        who, "POST", change, {"etag": etag, **entries(example), **{k: str(v) for k, v in shown.items()}}, "good"
    )
    delete = change.replace("/change/", "/delete/")
    recorder.visit(who, "POST", delete, {"etag": '"0-0"'}, "outdated")
    recorder.visit(who, "POST", delete, {"etag": recorder.prepare("GET", item(slug)).header("ETag")}, "good")
    recorder.visit(who, "GET", "/admin/", note=f"after {slug}")
    recorder.prepare("DELETE", item(slug))


def switch(recorder: Recorder, who: str) -> None:
    etag = recorder.prepare("POST", LIST, body("xai")).header("ETag")
    for value in (f"xai off {etag}", f"xai on {etag}", "xai off", "nobody's off x", ""):
        recorder.visit(who, "POST", CONFIGS, {"_switch": value}, f"switch {value}")
    for action in ("enable", "disable", "delete_selected", "nonsense", ""):
        recorder.visit(
            who, "POST", CONFIGS, {"action": action, "_selected_action": etag.strip('"').split("-")[0]}, action
        )
    recorder.visit(who, "GET", CONFIGS, note="after the switches")
    recorder.prepare("DELETE", item("xai"))


def accounts(recorder: Recorder, who: str) -> None:
    new = {"username": f"new-{who}", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    recorder.visit(who, "POST", f"{USERS}add/", {}, "empty")
    recorder.visit(who, "POST", f"{USERS}add/", {**new, "password2": "another"}, "passwords differ")
    recorder.visit(who, "POST", f"{USERS}add/", {**new, "password1": "short", "password2": "short"}, "weak")
    recorder.visit(who, "POST", f"{USERS}add/", new)
    recorder.visit(who, "POST", f"{USERS}add/", new, "again")
    recorder.visit(who, "POST", f"{USERS}2/change/", {"username": ""}, "bad")
    recorder.visit(who, "POST", f"{USERS}2/password/", {"password1": "a", "password2": "b"}, "bad")
    recorder.visit(who, "POST", f"{GROUPS}add/", {"name": ""}, "bad")
    recorder.visit(who, "POST", f"{GROUPS}add/", {"name": f"group of {who}"})
    recorder.visit(who, "POST", "/admin/password_change/", {"old_password": "wrong"}, "bad")
    recorder.visit(who, "POST", f"{USERS}2/delete/", {}, "not confirmed")


def sessions(recorder: Recorder) -> None:
    recorder.log_in("")
    login = "/admin/login/?next=/admin/"
    recorder.visit("", "POST", login, {"username": "viewer", "password": "wrong"}, "wrong password")
    recorder.visit("", "POST", login, {}, "empty")
    recorder.visit("", "POST", login, {"csrfmiddlewaretoken": "x"}, "no CSRF token")
    recorder.visit("", "POST", login, {}, "another origin", headers={"Origin": "https://evil.example"})
    recorder.visit("", "POST", login, {"username": "consumer", "password": PASSWORD}, "a member of the staff")
    recorder.visit("", "GET", "/admin/", note="logged in")
    recorder.visit("", "POST", "/admin/logout/", {}, "out")
    recorder.visit("", "GET", "/admin/", note="logged out")
    for attempt in range(6):
        recorder.visit("", "POST", login, {"username": "viewer", "password": "wrong"}, f"attempt {attempt}")
    big = {
        "headers": {"Origin": ORIGIN, "X-Request-ID": "recorded"},
        "content_type": "application/x-www-form-urlencoded",
    }
    recorder.visit("", "POST", login, {"username": "x" * 70_000}, "too large", **big)
