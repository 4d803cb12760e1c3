"""Machines over the API: section 4b of the contract."""

from typing import Any

import pytest

from llm_providers import machine_keys
from llm_providers.models import AuditEvent, Machine, MachineKey
from tests.client import API, api_for, holder_of, member_of

pytestmark = pytest.mark.django_db

IDENTITY = {
    "issuer": "https://token.actions.githubusercontent.com",
    "audience": "llm-providers",
    "subject": "repo:acme/billing:environment:production",
    "claims": {"repository_owner_id": "123456"},
}
BILLING = {
    "name": "billing",
    "description": "Invoices nightly",
    "owner": "ml-platform",
    "enabled": True,
    "permissions": ["use"],
    "providers": ["openai", "azure"],
    "identities": [IDENTITY],
}
WHEN = {"created_at", "updated_at"}


@pytest.fixture
def billing(api: API) -> Machine:
    assert api.post("/v1/machines", BILLING).status_code == 200
    return Machine.objects.get()


def problem(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def told() -> list[tuple[str, str, list[str]]]:
    return [(event.actor, event.action, event.fields) for event in AuditEvent.objects.order_by("id")]


def test_a_machine_is_created_as_it_was_sent(api: API) -> None:
    response = api.post("/v1/machines", BILLING)
    body = response.json()
    assert response.status_code == 200
    assert {name: value for name, value in body.items() if name not in WHEN} == BILLING | {"keys": []}
    assert api.get("/v1/machine/billing").json() == body
    assert api.get("/v1/machines").json() == {"machines": [body]}


def test_what_is_left_out_is_empty(api: API) -> None:
    body = api.post("/v1/machines", {"name": "new"}).json()
    assert {name: value for name, value in body.items() if name not in WHEN} == {
        "name": "new",
        "description": "",
        "owner": "",
        "enabled": True,
        "permissions": [],
        "providers": [],
        "identities": [],
        "keys": [],
    }


def test_machines_are_listed_by_name(api: API) -> None:
    for name in ("b", "a", "c"):
        api.post("/v1/machines", {"name": name})
    assert [machine["name"] for machine in api.get("/v1/machines").json()["machines"]] == ["a", "b", "c"]


def test_a_list_takes_as_many_statements_as_one_machine(
    api: API, billing: Machine, django_assert_num_queries: Any
) -> None:
    for name in ("b", "c"):
        api.post("/v1/machines", {"name": name})
        api.post(f"/v1/machine/{name}/keys", {})
    with django_assert_num_queries(3):  # who asks, machines, keys
        api.get("/v1/machines")
    with django_assert_num_queries(3):
        api.get("/v1/machine/billing")


def test_lists_are_answered_in_one_order(api: API) -> None:
    sent = {"name": "a", "permissions": ["view_audit", "use", "view"], "providers": ["xai", "openai"]}
    body = api.post("/v1/machines", sent).json()
    assert (body["permissions"], body["providers"]) == (["view", "use", "view_audit"], ["openai", "xai"])


def test_a_name_is_taken_once(api: API, billing: Machine) -> None:
    response = api.post("/v1/machines", {"name": "billing", "description": "Another"})
    sentence = "A machine of this name exists already. Choose another name, or change that machine."
    assert (response.status_code, response.json()) == (409, problem("CONFLICT", sentence))
    assert Machine.objects.get().description == "Invoices nightly"


def test_a_patch_changes_what_it_names_and_nothing_else(api: API, billing: Machine) -> None:
    before = api.get("/v1/machine/billing").json()
    after = api.patch("/v1/machine/billing", {"description": "Invoices hourly", "providers": None}).json()
    assert after == before | {
        "description": "Invoices hourly",
        "providers": None,
        "updated_at": after["updated_at"],
    }
    assert after["updated_at"] > before["updated_at"]


def test_a_patch_that_changes_nothing_leaves_no_trace(api: API, billing: Machine) -> None:
    before = api.get("/v1/machine/billing").json()
    events = told()
    assert api.patch("/v1/machine/billing", BILLING).json() == before
    assert told() == events


def test_a_machine_is_deleted_with_its_keys(api: API, billing: Machine) -> None:
    key = api.post("/v1/machine/billing/keys", {}).json()["id"]
    response = api.delete("/v1/machine/billing")
    assert (response.status_code, response.json()) == (200, {"name": "billing"})
    assert not MachineKey.objects.exists()
    assert told()[-1] == ("admin", "machine", ["machine billing", "deleted", f"key {key}"])
    assert api.delete("/v1/machine/billing").status_code == 404


# --- Keys


def test_a_key_is_answered_once_and_kept_as_a_digest(api: API, billing: Machine) -> None:
    response = api.post("/v1/machine/billing/keys", {"expires_in_days": 30})
    body = response.json()
    key = machine_keys.parse(body["key"])
    kept = MachineKey.objects.get()
    assert (kept.id, kept.digest, kept.created_by) == (key.id, key.digest, "admin")
    assert set(body) == {"id", "key", "expires_at"}
    assert body["id"] == key.id
    assert 29 <= (kept.expires_at - kept.created_at).days <= 30
    machine = api.get("/v1/machine/billing").json()
    assert machine["keys"] == [
        {
            "id": key.id,
            "created_at": machine["keys"][0]["created_at"],
            "expires_at": body["expires_at"],
            "last_used_at": None,
            "last_used_from": None,
        }
    ]
    everywhere = f"{machine}{told()}{vars(kept)}"
    assert key.secret not in everywhere


@pytest.mark.parametrize(("body", "days"), [({}, 90), ({"expires_in_days": 1}, 1), ({"expires_in_days": 366}, 366)])
def test_a_key_expires(api: API, billing: Machine, body: dict[str, int], days: int) -> None:
    assert api.post("/v1/machine/billing/keys", body).status_code == 200
    kept = MachineKey.objects.get()
    assert abs((kept.expires_at - kept.created_at).total_seconds() - days * 86400) < 5


DAYS = "Send a whole number from 1 to 366."


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, DAYS),
        (-1, DAYS),
        (367, DAYS),
        (10**18, DAYS),
        ("90", DAYS),
        (90.0, DAYS),
        (True, DAYS),
        ([90], DAYS),
        (None, "This field must not be null."),
    ],
)
def test_only_a_number_of_days_within_a_year_is_taken(api: API, billing: Machine, days: Any, sentence: str) -> None:
    response = api.post("/v1/machine/billing/keys", {"expires_in_days": days})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {"expires_in_days": [sentence]}
    assert not MachineKey.objects.exists()


def test_a_key_is_revoked_alone(api: API, billing: Machine) -> None:
    first, second = (api.post("/v1/machine/billing/keys", {}).json()["id"] for _ in range(2))
    response = api.delete(f"/v1/machine/billing/key/{first}")
    assert (response.status_code, response.json()) == (200, {"id": first})
    assert [key["id"] for key in api.get("/v1/machine/billing").json()["keys"]] == [second]
    assert told()[-1] == ("admin", "machine_key", ["machine billing", f"key {first}", "revoked"])
    again = api.delete(f"/v1/machine/billing/key/{first}")
    assert (again.status_code, again.json()) == (404, problem("NOT_FOUND", "This machine has no key of this id."))


def test_a_key_is_revoked_only_as_the_key_of_its_machine(api: API, billing: Machine) -> None:
    api.post("/v1/machines", {"name": "other"})
    key = api.post("/v1/machine/billing/keys", {}).json()["id"]
    assert api.delete(f"/v1/machine/other/key/{key}").status_code == 404
    assert MachineKey.objects.get().id == key


def test_a_machine_has_ten_keys_at_most(api: API, billing: Machine) -> None:
    for _ in range(10):
        assert api.post("/v1/machine/billing/keys", {}).status_code == 200
    response = api.post("/v1/machine/billing/keys", {})
    sentence = "This machine has 10 keys. Revoke one that is not used any more first."
    assert (response.status_code, response.json()) == (409, problem("CONFLICT", sentence))


# --- Nothing there


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/keys"),
        ("DELETE", "/key/abc"),
    ],
)
@pytest.mark.parametrize("name", ["nobody", "Billing", "b%00", "%ff", "a" * 64, "billing%0A", "%F0%9F%98%80"])
def test_what_is_no_machine_is_not_found(api: API, billing: Machine, method: str, path: str, name: str) -> None:
    response = api.request(method, f"/v1/machine/{name}{path}", {"nonsense": 1})
    assert response.status_code == 404
    assert response.json() == problem("NOT_FOUND", "There is no machine of this name.")


@pytest.mark.parametrize("key_id", ["nobody", "%00", "A", "%ff", "a" * 1000])
def test_what_is_no_key_is_not_found(api: API, billing: Machine, key_id: str) -> None:
    response = api.delete(f"/v1/machine/billing/key/{key_id}")
    assert response.json() == problem("NOT_FOUND", "This machine has no key of this id.")


# --- What is refused


def test_all_that_is_wrong_is_told_at_once(api: API) -> None:
    secret = "sk-not-to-be-repeated"
    body = {
        "name": secret.upper(),
        "description": f"{secret}\n",
        "owner": 7,
        "enabled": "yes",
        "permissions": ["use", secret, 7, "use_llmproviderconfig"],
        "providers": ["openai", secret, {}],
        "identities": [{"issuer": secret, "subject": "**", "claims": {secret: 1}, secret: 1}, secret],
        "keys": [],
        secret: 1,
    }
    response = api.post("/v1/machines", body | {"description": "a\u0007b"})
    assert response.status_code == 400
    words = "Choose one of: view, add, change, delete, verify, use, view_audit."
    slugs = "Choose one of: openai, anthropic, google, google-vertex, azure, amazon-bedrock, xai."
    assert response.json()["error"]["details"] == {
        "name": ["Send 1 to 63 of a-z, 0-9 and hyphen."],
        "description": ["This field takes no line breaks and no control characters."],
        "owner": ["Send a string."],
        "enabled": ["Send true or false."],
        "permissions.1": [words],
        "permissions.2": [words],
        "permissions.3": [words],
        "providers.1": [slugs],
        "providers.2": [slugs],
        "identities.0": ["Unknown field. Accepted here: issuer, audience, subject, claims."],
        "identities.0.issuer": [
            "Send the issuer as its tokens have it: an https URL without query, fragment or user name."
        ],
        "identities.0.audience": ["This field is required."],
        "identities.0.subject": ["Write * for a run of characters, at most 8 times, never twice in a row."],
        "identities.0.claims": ["Send a JSON object whose values are strings."],
        "identities.1": ["Send a JSON object."],
        "body": [
            "Unknown field. Accepted here: name, description, owner, enabled, permissions, providers, identities."
        ],
    }
    assert secret not in response.content.decode().lower()
    assert not Machine.objects.exists()


@pytest.mark.parametrize("name", ["", "Billing", "a" * 64, "a b", "a_b", "a.b", "\u0430", " a", "a\n", 7, None, ["a"]])
def test_a_name_is_of_few_characters(api: API, name: Any) -> None:
    response = api.post("/v1/machines", {"name": name})
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == ["name"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("permissions", None, "This field must not be null."),
        ("permissions", "use", "Send a list."),
        ("permissions", {"use": True}, "Send a list."),
        ("permissions", ["use", "use"], "Name each once."),
        ("providers", ["openai", "openai"], "Name each once."),
        ("providers", "openai", "Send a list."),
        ("identities", None, "This field must not be null."),
        ("identities", [IDENTITY, IDENTITY], "Name each once."),
        ("identities", [IDENTITY] * 21, "This field takes at most 20."),
        ("description", "x" * 501, "This field takes at most 500 characters."),
        ("owner", "x" * 151, "This field takes at most 150 characters."),
    ],
)
def test_a_change_keeps_the_rules_too(api: API, billing: Machine, field: str, value: Any, sentence: str) -> None:
    response = api.patch("/v1/machine/billing", {field: value})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {field: [sentence]}


def test_a_change_says_something(api: API, billing: Machine) -> None:
    response = api.patch("/v1/machine/billing", {})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {
        "body": ["Send what changes: description, owner, enabled, permissions, providers or identities."]
    }


def test_a_name_stays(api: API, billing: Machine) -> None:
    response = api.patch("/v1/machine/billing", {"name": "other"})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {
        "name": ["The name of a machine cannot change. Omit it, or send the one of the path."]
    }


ISSUERS_REFUSED = [
    "http://issuer.example",
    "https://",
    "https://issuer.example?x=1",
    "https://issuer.example#x",
    "https://user@issuer.example",
    "https://user:password@issuer.example",
    "HTTPS://issuer.example",
    "issuer.example",
    "//issuer.example",
    "https:/issuer.example",
    "https://issuer.example:port",
    "https://issuer.example:99999",
    "https://[::1",
    "https://issuer example",
    "https://issuer.ex\u00e4mple",
    "https://issuer.example\\path",
    "https://issuer.example\npath",
]


@pytest.mark.parametrize("issuer", ISSUERS_REFUSED)
def test_an_issuer_is_an_https_address(api: API, issuer: str) -> None:
    response = api.post("/v1/machines", {"name": "a", "identities": [IDENTITY | {"issuer": issuer}]})
    assert response.status_code == 400
    assert list(response.json()["error"]["details"]) == ["identities.0.issuer"]


@pytest.mark.parametrize(
    "issuer",
    [
        "https://kubernetes.default.svc.cluster.local",
        "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
        "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
        "https://issuer.example:8443/",
    ],
)
def test_an_issuer_is_kept_to_the_letter(api: API, issuer: str) -> None:
    body = api.post("/v1/machines", {"name": "a", "identities": [IDENTITY | {"issuer": issuer}]}).json()
    assert body["identities"][0]["issuer"] == issuer


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ([], "Send a JSON object whose values are strings."),
        ({"a": {"b": "c"}}, "Send a JSON object whose values are strings."),
        ({"a": ["b"]}, "Send a JSON object whose values are strings."),
        ({"a": True}, "Send a JSON object whose values are strings."),
        ({"a": None}, "Send a JSON object whose values are strings."),
        ({str(number): "x" for number in range(21)}, "Name at most 20 claims."),
        ({"": "x"}, "The name of a claim is 1 to 128 printable characters."),
        ({"a" * 129: "x"}, "The name of a claim is 1 to 128 printable characters."),
        ({"a": ""}, "The value of a claim is 1 to 512 printable characters."),
        ({"a": "x" * 513}, "The value of a claim is 1 to 512 printable characters."),
        ({"a=b": "c"}, "A claim has no = in its name, and no space around name or value."),
        ({" a": "b"}, "A claim has no = in its name, and no space around name or value."),
        ({"a": "b "}, "A claim has no = in its name, and no space around name or value."),
        ({"sub": "x"}, "Some claims have fields of their own: issuer, audience, subject."),
        ({"exp": "x"}, "No token repeats these: exp, nbf, iat, jti."),
        (None, "This field must not be null."),
    ],
)
def test_claims_are_flat_and_few(api: API, claims: Any, sentence: str) -> None:
    response = api.post("/v1/machines", {"name": "a", "identities": [IDENTITY | {"claims": claims}]})
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {"identities.0.claims": [sentence]}


def test_an_identity_needs_no_further_claims(api: API) -> None:
    sent = {name: value for name, value in IDENTITY.items() if name != "claims"}
    body = api.post("/v1/machines", {"name": "a", "identities": [sent]}).json()
    assert body["identities"] == [sent | {"claims": {}}]


# --- Who gives what


def keeper(*codenames: str) -> API:
    return api_for(holder_of("manage_machine", *codenames))


def refused(missing: str) -> dict[str, Any]:
    return problem(
        "FORBIDDEN",
        f"What a machine may do is widened only by somebody who holds all of its permissions. You lack: {missing}.",
    )


def test_an_administrator_cannot_make_a_machine_that_may_use() -> None:
    api = api_for(member_of("LLM provider administrators"))
    response = api.post("/v1/machines", BILLING)
    assert (response.status_code, response.json()) == (403, refused("use"))
    assert not Machine.objects.exists()
    assert told() == []
    rest = ["view", "add", "change", "delete", "verify", "view_audit"]
    assert api.post("/v1/machines", BILLING | {"permissions": rest}).status_code == 200


WIDENING: list[dict[str, Any]] = [
    {"permissions": ["view", "use"]},
    {"providers": ["openai", "azure", "xai"]},
    {"providers": ["xai"]},
    {"providers": None},
    {"identities": [IDENTITY, IDENTITY | {"subject": "repo:acme/other:*"}]},
    {"identities": [IDENTITY | {"claims": {}}]},
    {"identities": [IDENTITY | {"claims": {"repository_owner_id": "123456", "ref": "main"}}]},
    {"permissions": ["use", "view"], "providers": []},
]
NARROWING: list[dict[str, Any]] = [
    {"permissions": []},
    {"providers": ["openai"]},
    {"providers": []},
    {"identities": []},
    {"enabled": False},
    {"description": "x", "owner": "y"},
    BILLING,
]


@pytest.mark.parametrize("change", WIDENING)
def test_who_lacks_a_permission_of_a_machine_widens_it_in_no_way(
    api: API, billing: Machine, change: dict[str, Any]
) -> None:
    before, events = api.get("/v1/machine/billing").json(), told()
    response = keeper("view_llmproviderconfig").patch("/v1/machine/billing", change)
    assert (response.status_code, response.json()) == (403, refused("use"))
    assert (api.get("/v1/machine/billing").json(), told()) == (before, events)


@pytest.mark.parametrize("change", WIDENING)
def test_who_holds_what_a_machine_will_hold_widens_it(billing: Machine, change: dict[str, Any]) -> None:
    keeping = keeper("use_llmproviderconfig", "view_llmproviderconfig")
    assert keeping.patch("/v1/machine/billing", change).status_code == 200


@pytest.mark.parametrize("change", NARROWING)
def test_narrowing_needs_nothing_but_to_manage(billing: Machine, change: dict[str, Any]) -> None:
    assert keeper().patch("/v1/machine/billing", change).status_code == 200


def test_enabling_needs_what_the_machine_holds(api: API, billing: Machine) -> None:
    api.patch("/v1/machine/billing", {"enabled": False})
    assert keeper().patch("/v1/machine/billing", {"enabled": True}).json() == refused("use")
    assert api.patch("/v1/machine/billing", {"enabled": True}).status_code == 200


def test_what_is_taken_in_the_same_change_need_not_be_held(billing: Machine) -> None:
    change = {"permissions": ["view"], "providers": None}
    assert keeper("view_llmproviderconfig").patch("/v1/machine/billing", change).status_code == 200


def test_a_key_is_issued_only_by_who_holds_what_it_opens(billing: Machine) -> None:
    assert keeper().post("/v1/machine/billing/keys", {}).json() == refused("use")
    assert not MachineKey.objects.exists()
    holder = api_for(holder_of("manage_machine", "use_llmproviderconfig"))
    assert holder.post("/v1/machine/billing/keys", {}).status_code == 200


def test_revoking_and_deleting_need_nothing_but_to_manage(api: API, billing: Machine) -> None:
    key = api.post("/v1/machine/billing/keys", {}).json()["id"]
    keeping = keeper()
    assert keeping.delete(f"/v1/machine/billing/key/{key}").status_code == 200
    assert keeping.delete("/v1/machine/billing").status_code == 200


# --- The trail


def test_the_trail_names_the_machine_the_key_and_what_changed(api: API, billing: Machine) -> None:
    key = api.post("/v1/machine/billing/keys", {}).json()["id"]
    api.patch("/v1/machine/billing", {"enabled": False, "permissions": [], "owner": "ml-platform"})
    api.delete(f"/v1/machine/billing/key/{key}")
    assert told() == [
        (
            "admin",
            "machine",
            [
                "machine billing",
                "created",
                "enabled=true",
                "description",
                "owner",
                "permissions",
                "providers",
                "identities",
            ],
        ),
        ("admin", "machine_key", ["machine billing", f"key {key}", "issued"]),
        ("admin", "machine", ["machine billing", "enabled=false", "permissions"]),
        ("admin", "machine_key", ["machine billing", f"key {key}", "revoked"]),
    ]
    events = api.get("/v1/audit-events?action=machine_key").json()["events"]
    assert [event["fields"][1] for event in events] == [f"key {key}"] * 2
