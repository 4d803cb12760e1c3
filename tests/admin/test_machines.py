"""The pages of the machines: who may open them, what they store, and where a key is shown."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from llm_providers import machine_keys
from llm_providers.models import AuditEvent, Machine, MachineKey
from tests.admin.pages import HOME, MACHINES

pytestmark = pytest.mark.django_db

IDENTITY = {"issuer": "https://issuer.example", "audience": "llm-providers", "subject": "repo:acme/*:ref:main"}
NO_IDENTITIES = {"identities-TOTAL_FORMS": "1", "identities-INITIAL_FORMS": "0"}
BILLING = {
    "machine-name": "billing",
    "machine-description": "Invoices nightly",
    "machine-owner": "ml-platform",
    "machine-enabled": "on",
    "machine-permissions": ["use"],
    "machine-providers": ["azure", "openai"],
    **NO_IDENTITIES,
}


def staff(name: str, *codenames: str) -> Client:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def machine(**values: Any) -> Machine:
    return Machine.objects.create(name="billing", **{"permissions": ["use"], "providers": ["openai"], **values})


def page(machine: Machine) -> str:
    return f"{MACHINES}{machine.pk}/change/"


def form_of(machine: Machine, **changed: Any) -> dict[str, Any]:
    form = {name: value for name, value in BILLING.items() if name != "machine-name"}
    form |= {"machine-providers": ["openai"], "read_at": machine.updated_at.isoformat()}
    return form | {f"machine-{name}": value for name, value in changed.items()}


def issue(client: Client, machine: Machine, **sent: Any) -> Any:
    known = " ".join(key.id for key in machine.keys.all())
    return client.post(f"{MACHINES}{machine.pk}/keys/issue/", {"known": known, "days": "90", **sent}, follow=True)


def key_on(answer: Any) -> machine_keys.Key:
    [text] = re.findall(r'id="the-key"[^>]*>(llmp_\w+)<', answer.text)
    return machine_keys.parse(text)


def told() -> list[tuple[str, str, list[str]]]:
    return [(event.source, event.action, event.fields) for event in AuditEvent.objects.order_by("id")]


def test_a_machine_is_made_as_it_was_entered(admin_client: Client) -> None:
    entered = BILLING | {f"identities-0-{name}": value for name, value in IDENTITY.items()}
    entered |= {"identities-0-claims": "repository_owner_id=123456\r\n\r\n ref_type = branch=x "}
    answer = admin_client.post(f"{MACHINES}add/", entered, follow=True)
    made = Machine.objects.get()
    assert "The machine billing is stored." in answer.text
    assert (made.name, made.description, made.owner, made.enabled) == (
        "billing",
        "Invoices nightly",
        "ml-platform",
        True,
    )
    assert (made.permissions, made.providers) == (["use"], ["openai", "azure"])
    assert made.identities == [IDENTITY | {"claims": {"repository_owner_id": "123456", "ref_type": "branch=x"}}]
    names = ["description", "owner", "permissions", "providers", "identities"]
    assert told() == [("admin", "machine", ["machine billing", "created", "enabled=true", *names])]


def test_a_machine_is_shown_as_it_is_stored(admin_client: Client) -> None:
    made = machine(identities=[IDENTITY | {"claims": {"a": "b"}}], owner="<b>", providers=None)
    shown = admin_client.get(page(made)).text
    assert "repo:acme/*:ref:main" in shown
    assert "a=b</textarea>" in shown
    assert "&lt;b&gt;" in shown
    assert re.search(r'name="machine-all_providers"[^>]* checked[ >]', shown)
    assert re.search(r'value="use"[^>]* checked[ >]', shown)
    assert not re.search(r'value="view"[^>]* checked[ >]', shown)


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(admin_client: Client) -> None:
    made = machine(description="Invoices nightly", owner="ml-platform", identities=[IDENTITY | {"claims": {"a": "b"}}])
    sent = form_of(made) | {f"identities-0-{name}": value for name, value in IDENTITY.items()}
    sent |= {"identities-0-claims": "a=b", "identities-TOTAL_FORMS": "2", "identities-INITIAL_FORMS": "1"}
    assert admin_client.post(page(made), sent).status_code == 302
    assert Machine.objects.values().get() == {field: getattr(made, field) for field in Machine.objects.values().get()}
    assert told() == []


def test_what_changes_is_stored_and_told(admin_client: Client) -> None:
    made = machine(identities=[IDENTITY | {"claims": {}}])
    sent = form_of(made, enabled="", permissions=["view", "use"], all_providers="on")
    sent |= {f"identities-0-{name}": value for name, value in IDENTITY.items()}
    sent |= {"identities-0-DELETE": "on", "identities-TOTAL_FORMS": "2", "identities-INITIAL_FORMS": "1"}
    assert admin_client.post(page(made), {k: v for k, v in sent.items() if v != ""}).status_code == 302
    made.refresh_from_db()
    assert (made.enabled, made.permissions, made.providers, made.identities) == (False, ["view", "use"], None, [])
    names = ["description", "owner", "enabled=false", "permissions", "providers", "identities"]
    assert told() == [("admin", "machine", ["machine billing", *names])]


def test_what_breaks_a_rule_is_told_beside_it_and_nothing_is_stored(admin_client: Client) -> None:
    entered = BILLING | {
        "machine-name": "Bad Name",
        "machine-owner": "x" * 151,
        "identities-0-issuer": "http://issuer.example",
        "identities-0-subject": "**",
    }
    shown = admin_client.post(f"{MACHINES}add/", entered).text
    for field, sentence in (
        ("machine-name", "Send 1 to 63 of a-z, 0-9 and hyphen."),
        ("machine-owner", "This field takes at most 150 characters."),
        ("identities-0-issuer", "Send the issuer as its tokens have it"),
        ("identities-0-audience", "This field is required."),
        ("identities-0-subject", "Write * for a run of characters"),
    ):
        assert re.search(rf'id="id_{field}_error"><li>{re.escape(sentence)}', shown), field
    assert not Machine.objects.exists()


@pytest.mark.parametrize("claims", ["no equals sign", "a=b\na=c"])
def test_claims_are_lines_of_names_and_values(admin_client: Client, claims: str) -> None:
    entered = BILLING | {f"identities-0-{name}": value for name, value in IDENTITY.items()}
    shown = admin_client.post(f"{MACHINES}add/", entered | {"identities-0-claims": claims}).text
    assert "Write each claim once, in a line of its own, as name=value." in shown
    assert not Machine.objects.exists()


def test_a_name_that_is_taken_is_told_beside_it(admin_client: Client) -> None:
    machine()
    assert "A machine of this name exists already." in admin_client.post(f"{MACHINES}add/", BILLING).text
    assert Machine.objects.count() == 1


def test_a_form_of_before_overwrites_nothing(admin_client: Client) -> None:
    made = machine(permissions=["use", "view"])
    late = form_of(made, permissions=["use", "view"])
    Machine.objects.get().save()  # somebody else
    answer = admin_client.post(page(made), late, follow=True)
    assert "Somebody changed this machine meanwhile. Nothing of yours was saved; see it now." in answer.text
    assert Machine.objects.get().owner == ""
    assert told() == []


@pytest.mark.parametrize("read_at", [None, "", "x", "2026-01-31", "2026-01-31T08:00:00"])
def test_a_form_of_no_state_overwrites_nothing(admin_client: Client, read_at: str | None) -> None:
    made = machine()
    sent = {name: value for name, value in (form_of(made) | {"read_at": read_at}).items() if value is not None}
    assert "Nothing of yours was saved" in admin_client.post(page(made), sent, follow=True).text
    assert Machine.objects.get().owner == ""


# --- Keys


def test_a_key_is_shown_by_the_answer_that_issues_it_and_by_no_other(
    admin_client: Client, settings: Settings, log: Any
) -> None:
    settings.LLM_PROVIDERS_DELIVERY = True
    made = machine()
    answer = issue(admin_client, made)
    key = key_on(answer)
    kept = MachineKey.objects.get()
    assert (kept.id, kept.digest, answer.status_code, answer.redirect_chain) == (key.id, key.digest, 200, [])
    assert "no-store" in answer.headers["Cache-Control"]
    curl = (
        f"curl -sS -H &#x27;Authorization: Bearer {key.text}&#x27; http://testserver/v1/llm-provider/openai/credentials"
    )
    assert curl in answer.text
    assert "LLM_PROVIDERS_DELIVERY" not in answer.text
    paths = (page(made), MACHINES, HOME, "/admin/llm_providers/auditevent/", f"{MACHINES}{made.pk}/history/")
    everywhere = "".join(admin_client.get(path, follow=True).text for path in paths)
    everywhere += repr([session.get_decoded() for session in Session.objects.all()]) + repr(admin_client.cookies)
    everywhere += repr(told()) + log.getvalue() + repr(vars(kept))
    assert key.id in everywhere
    assert key.secret not in everywhere
    assert told() == [("admin", "machine_key", ["machine billing", f"key {key.id}", "issued"])]


def test_a_page_that_is_loaded_anew_issues_no_second_key(admin_client: Client) -> None:
    made = machine()
    key = key_on(issue(admin_client, made))
    again = issue(admin_client, made, known="")
    assert "No key was issued just now." in again.text
    assert key.secret not in again.text
    assert MachineKey.objects.count() == 1


@pytest.mark.parametrize("days", ["0", "367", "", "x", "-1", "1.5", "\u0663", "9" * 30])
def test_a_key_is_good_for_a_year_at_most(admin_client: Client, days: str) -> None:
    assert "No key was issued. " in issue(admin_client, machine(), days=days).text
    assert not MachineKey.objects.exists()


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"permissions": ["view", "use"], "providers": None}, "/v1/llm-provider/openai/credentials"),
        ({"permissions": ["view", "use"], "providers": []}, "/v1/llm-providers"),
        ({"permissions": ["view"]}, "/v1/llm-providers"),
        ({"permissions": ["view_audit"]}, "/v1/audit-events"),
    ],
)
def test_the_request_to_try_is_one_that_the_machine_may_make(
    admin_client: Client, values: dict[str, Any], path: str
) -> None:
    assert f"http://testserver{path}</pre>" in issue(admin_client, machine(**values)).text


def test_a_key_that_would_be_refused_comes_with_the_reason(admin_client: Client) -> None:
    shown = issue(admin_client, machine(enabled=False)).text
    assert "The machine is disabled: the key is refused until it is enabled." in shown
    assert "the request is a 403 until LLM_PROVIDERS_DELIVERY=true" in shown


def test_a_key_is_revoked_after_a_question(admin_client: Client) -> None:
    made = machine()
    key = key_on(issue(admin_client, made))
    address = f"{MACHINES}{made.pk}/keys/{key.id}/revoke/"
    assert "Revoke for good" in admin_client.get(address).text
    assert MachineKey.objects.exists()
    assert f"The key {key.id} is revoked." in admin_client.post(address, follow=True).text
    assert not MachineKey.objects.exists()
    assert "This machine has no such key any more." in admin_client.post(address, follow=True).text
    assert admin_client.get(address).status_code == 302
    assert told()[-1] == ("admin", "machine_key", ["machine billing", f"key {key.id}", "revoked"])


def test_the_list_tells_what_is_left_of_each_key(admin_client: Client) -> None:
    now, day = timezone.now(), timedelta(days=1, minutes=1)
    made = machine()
    for number, (days, used) in enumerate(((90, None), (5, "192.0.2.1"), (1, None), (-1, None))):
        MachineKey.objects.create(
            id=f"k{number}",
            machine=made,
            digest="",
            expires_at=now + days * day,
            last_used_at=now if used else None,
            last_used_from=used,
        )
    shown = admin_client.get(MACHINES).text
    assert re.findall(r'badge-(\w+)">((?:\d+ days? left)|Expired)', shown) == [
        ("on", "90 days left"),
        ("off", "5 days left"),
        ("off", "1 day left"),
        ("bad", "Expired"),
    ]
    assert f"{now:%Y-%m-%d %H:%M} UTC from 192.0.2.1" in shown


def test_a_machine_is_deleted_after_a_question(admin_client: Client) -> None:
    made = machine()
    address = f"{MACHINES}{made.pk}/delete/"
    assert "Delete for good" in admin_client.get(address).text
    assert Machine.objects.exists()
    assert "The machine billing is deleted." in admin_client.post(address, follow=True).text
    assert not Machine.objects.exists()
    assert told() == [("admin", "machine", ["machine billing", "deleted"])]
    assert "does not exist any more" in admin_client.get(address, follow=True).text


# --- Who may do what


def addresses(made: Machine) -> list[str]:
    of_it = [f"{MACHINES}{made.pk}/{name}/" for name in ("change", "delete", "history", "keys/issue", "keys/k1/revoke")]
    return [MACHINES, f"{MACHINES}add/", *of_it]


def test_only_who_may_manage_machines_finds_a_page_of_them() -> None:
    made = machine()
    MachineKey.objects.create(id="k1", machine=made, digest="", expires_at=timezone.now())
    every = Permission.objects.exclude(codename="manage_machine").values_list("codename", flat=True)
    stranger = staff("stranger", *every)
    for method in (stranger.get, stranger.post):
        assert {method(address).status_code for address in addresses(made)} == {403}
    assert MACHINES not in stranger.get(HOME).text
    assert MachineKey.objects.exists()
    manager = staff("manager", "manage_machine", "view_auditevent")
    assert {manager.get(address).status_code for address in addresses(made)} <= {200, 302}
    assert MACHINES in manager.get(HOME).text


def test_nobody_gives_a_machine_more_than_they_hold() -> None:
    manager = staff("manager", "manage_machine")
    assert "You lack: use." in manager.post(f"{MACHINES}add/", BILLING).text
    assert not Machine.objects.exists()
    made = machine(description="Invoices nightly", owner="ml-platform")
    assert "you cannot give it" in manager.get(page(made)).text
    assert "You lack: use." in issue(manager, made).text
    assert "You lack: use." in manager.post(page(made), form_of(made, providers=["openai", "xai"])).text
    assert (Machine.objects.get().providers, MachineKey.objects.count(), told()) == (["openai"], 0, [])
    assert manager.post(page(made), form_of(made, owner="others")).status_code == 302
    made.refresh_from_db()
    assert manager.post(page(made), form_of(made, permissions=[])).status_code == 302
    assert Machine.objects.get().permissions == []


def test_an_administrator_finds_the_machines() -> None:
    user = User.objects.create_user("ada", is_staff=True)
    user.groups.add(Group.objects.get(name="LLM provider administrators"))
    client = Client()
    client.force_login(user)
    assert client.get(MACHINES).status_code == 200
