"""What a request costs: in process as a ratio to a bare Django view, and over the network under load.

    python bench/requests.py [--quick] [--json]

Works on the database of DATABASE_URL, which must be empty. Prints a table, with the goals; a goal missed fails
nothing, because a busy machine misses them all.
"""

import argparse
import io
import itertools
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import django

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: this script has the name of a library
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refactor_site.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import close_old_connections  # noqa: E402

from bench.bare import bare_application  # noqa: E402
from bench.in_process import Timed, ask, environ, measure  # noqa: E402
from bench.load import load, raw  # noqa: E402
from bench.report import as_json, as_tables  # noqa: E402
from bench.server import Server  # noqa: E402
from llm_providers.providers import PROVIDERS  # noqa: E402
from refactor_site.wsgi import application  # noqa: E402

LIST, ITEM = "/v1/llm-providers", "/v1/llm-provider/openai"
OVER_NETWORK = ("get one", "list of seven", "PATCH of a secret", "healthz")
CONNECTIONS = (1, 16)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what requests cost.")
    parser.add_argument("--quick", action="store_true", help="a quarter of the time, and rougher")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    arguments = parser.parse_args()
    rounds, seconds = (5, 0.5) if arguments.quick else (20, 2)
    nowhere = Path(os.devnull).open("w")  # noqa: SIM115  (the access log is written, as in a server, until the end)
    logging.getLogger().handlers[0].setStream(nowhere)  # type: ignore[attr-defined]
    requests = prepare()
    in_process = measure(application, bare_application(), requests, rounds, calls=5)
    server = Server()
    try:
        loads = {
            (request.name, connections): load(server, raw(request.asked), request.status, connections, seconds)
            for request in requests
            if request.name in OVER_NETWORK
            for connections in CONNECTIONS
        }
        memory = server.memory()
    finally:
        server.stop()
    report = as_json if arguments.json else as_tables
    print(report(in_process, loads, memory, server.seconds_to_first_answer))


def prepare() -> list[Timed]:
    """Seven configurations, a trail, and two members of groups; return what is asked of them."""
    call_command("migrate", verbosity=0)
    if User.objects.exists():
        sys.exit("The database holds users already. Name an empty one in DATABASE_URL.")
    events = apps.get_model("llm_providers", "AuditEvent").objects
    events.bulk_create(
        events.model(actor="deploy", action="update", provider="openai", fields=["enabled"], source="api")
        for _event in range(100)
    )
    token, consumer = member("LLM provider administrators"), member("LLM provider consumers")
    close_old_connections()
    for provider in PROVIDERS:
        store(token, provider.slug)
    return [*requests_of(token), *deliveries(consumer), *of_machines()]


def member(group: str) -> str:
    """Return the access token of a new member."""
    user = User.objects.create_user(group.replace(" ", "-"))
    user.groups.add(Group.objects.get(name=group))
    printed = io.StringIO()
    call_command("issue_token", user.username, lifetime="12h", stdout=printed)
    return printed.getvalue().strip()


def of_machines() -> list[Timed]:
    """The first of the requests, sent by a machine with a key, limited to some providers and not."""
    keys = {"of a machine": ["--all-providers"], "of a limited one": ["--provider", "openai", "--provider", "azure"]}
    return [Timed(f"get one, {who}", environ("GET", ITEM, machine_key(who, limit)), 200) for who, limit in keys.items()]


def machine_key(name: str, limit: list[str]) -> str:
    """Return the key of a new machine."""
    printed = io.StringIO()
    call_command("create_machine_key", name.replace(" ", "-"), "--permission", "view", *limit, stdout=printed)
    return printed.getvalue().strip()


def creation(token: str, slug: str) -> dict[str, Any]:
    example = next(provider.example for provider in PROVIDERS if provider.slug == slug)
    return environ("POST", LIST, token, {"provider": slug, "enabled": True, "credentials": example})


def store(token: str, slug: str) -> None:
    answer = ask(application, creation(token, slug))
    assert answer.status == 200, answer.body


def requests_of(token: str) -> list[Timed]:
    etag = ask(application, environ("GET", ITEM, token)).headers["ETag"]
    azure = "/v1/llm-provider/azure"  # is changed, so that the entity tag of openai stays
    change = environ("PATCH", azure, token, {"credentials": {"api_key": "the-first-of-two-keys"}})
    keys = itertools.cycle(("the-second-of-two-key", "the-first-of-two-keys"))

    def another_key() -> None:
        body = json.dumps({"credentials": {"api_key": next(keys)}}).encode()
        change["wsgi.input"] = io.BytesIO(body)

    return [
        Timed("get one", environ("GET", ITEM, token), 200),
        Timed("get one, 304", environ("GET", ITEM, token, if_none_match=etag), 304),
        Timed("list of seven", environ("GET", LIST, token), 200),
        Timed("status", environ("GET", f"{ITEM}/status", token), 200),
        Timed("audit page of 50", environ("GET", "/v1/audit-events?limit=50", token), 200),
        Timed("PATCH of a secret", change, 200, another_key),
        Timed(
            "create",
            creation(token, "xai"),
            200,
            lambda: ask(application, environ("DELETE", "/v1/llm-provider/xai", token)),
        ),
        Timed("its 409", creation(token, "openai"), 409),
        Timed("401", environ("GET", ITEM), 401),
        Timed("healthz", environ("GET", "/healthz"), 200),
    ]


def deliveries(token: str) -> list[Timed]:
    """The credentials in plaintext, where there is a route to them and it is open."""
    plain = environ("GET", f"{ITEM}/credentials", token)
    answer = ask(application, plain)
    if answer.status != 200:
        return []
    known = environ("GET", f"{ITEM}/credentials", token, if_none_match=answer.headers["ETag"])
    return [Timed("delivery", plain, 200), Timed("delivery, 304", known, 304)]


if __name__ == "__main__":
    main()
