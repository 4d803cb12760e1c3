"""Who may make whom into what: nobody gives more than they hold."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests.admin.pages import GROUPS, USERS

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"
ACCOUNTS = ("add_user", "change_user", "delete_user", "view_user")
GROUPINGS = ("add_group", "change_group", "delete_group", "view_group")


def permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


def holder(name: str, *codenames: str, **fields: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def group(name: str, *codenames: str) -> Group:
    made = Group.objects.create(name=name)
    made.permissions.set(Permission.objects.filter(codename__in=codenames))
    return made


@pytest.fixture
def actor() -> User:
    return holder("actor", *ACCOUNTS, *GROUPINGS, "view_llmproviderconfig")


@pytest.fixture
def peer() -> User:
    return holder("peer", "view_llmproviderconfig")


@pytest.fixture
def browser(actor: User) -> Client:
    client = Client()
    client.force_login(actor)
    return client


def user_form(user: User, **changed: Any) -> dict[str, Any]:
    """The form of a user as it is, with these fields changed; also those that are not shown."""
    form = {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "groups": list(user.groups.values_list("pk", flat=True)),
        "user_permissions": list(user.user_permissions.values_list("pk", flat=True)),
        **changed,
    }
    return {name: value for name, value in form.items() if value is not None}


def change_user(user: User) -> str:
    return f"{USERS}{user.pk}/change/"


def state(user: User) -> tuple[Any, ...]:
    user.refresh_from_db()
    held = (sorted(user.groups.values_list("name")), sorted(user.user_permissions.values_list("codename")))
    return (user.username, user.password, user.is_superuser, user.is_staff, user.is_active, user.email, *held)


@pytest.mark.parametrize("who", ["actor", "peer"])
def test_staff_make_nobody_a_superuser(browser: Client, actor: User, peer: User, who: str) -> None:
    user = {"actor": actor, "peer": peer}[who]
    assert 'name="is_superuser"' not in browser.get(change_user(user)).text
    assert browser.post(change_user(user), user_form(user, is_superuser="on")).status_code == 302
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize("who", ["actor", "peer"])
def test_staff_give_the_permissions_they_hold_and_no_other(browser: Client, actor: User, peer: User, who: str) -> None:
    user = {"actor": actor, "peer": peer}[who]
    before = state(user)
    more = [permission("view_llmproviderconfig").pk, permission("use_llmproviderconfig").pk]
    answer = browser.post(change_user(user), user_form(user, user_permissions=more))
    assert (answer.status_code, "Select a valid choice" in answer.text) == (200, True)
    assert state(user) == before
    held = [permission("view_llmproviderconfig").pk, permission("change_user").pk]
    assert browser.post(change_user(user), user_form(user, user_permissions=held)).status_code == 302
    assert sorted(user.user_permissions.values_list("pk", flat=True)) == sorted(held)


@pytest.mark.parametrize("who", ["actor", "peer"])
def test_staff_give_the_groups_whose_permissions_they_hold(browser: Client, actor: User, peer: User, who: str) -> None:
    user = {"actor": actor, "peer": peer}[who]
    above, below = group("above", "view_user", "use_llmproviderconfig"), group("below", "view_user")
    assert "Select a valid choice" in browser.post(change_user(user), user_form(user, groups=[above.pk])).text
    assert not user.groups.exists()
    assert browser.post(change_user(user), user_form(user, groups=[below.pk])).status_code == 302
    assert user.groups.get() == below


def test_what_one_holds_by_a_group_may_be_given(browser: Client, actor: User, peer: User) -> None:
    actor.groups.add(group("users of keys", "use_llmproviderconfig"))
    given = [permission("use_llmproviderconfig").pk]
    assert browser.post(change_user(peer), user_form(peer, user_permissions=given)).status_code == 302
    assert peer.user_permissions.get().codename == "use_llmproviderconfig"


ABOVE: list[dict[str, Any]] = [
    {"is_superuser": True},
    {"is_superuser": True, "is_active": False},
    {"permissions": ["use_llmproviderconfig"]},
    {"permissions": ["use_llmproviderconfig"], "is_active": False},
    {"group": ["use_llmproviderconfig"]},
]


@pytest.fixture(params=ABOVE, ids=str)
def boss(request: pytest.FixtureRequest) -> User:
    fields = dict(request.param)
    permissions, grouped = fields.pop("permissions", []), fields.pop("group", [])
    user = holder("boss", *permissions, **fields)
    if grouped:
        user.groups.add(group("above", *grouped))
    return user


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"username": "mine"},
        {"email": "mine@example.com"},
        {"is_active": None},
        {"is_superuser": None, "is_staff": None},
        {"user_permissions": [], "groups": []},
    ],
    ids=str,
)
def test_nobody_edits_who_holds_more(browser: Client, boss: User, changed: dict[str, Any]) -> None:
    before = state(boss)
    assert browser.get(change_user(boss)).status_code == 200
    assert browser.post(change_user(boss), user_form(boss, **changed)).status_code == 403
    assert state(boss) == before


def test_nobody_gives_a_password_to_who_holds_more(browser: Client, boss: User, peer: User) -> None:
    before = state(boss)
    form = {"password1": f"{PASSWORD} 2", "password2": f"{PASSWORD} 2", "usable_password": "true", "set-password": "1"}
    assert browser.get(f"{USERS}{boss.pk}/password/").status_code == 403
    assert browser.post(f"{USERS}{boss.pk}/password/", form).status_code == 403
    assert browser.post(f"{USERS}{boss.pk}/password/", {**form, "usable_password": "false"}).status_code == 403
    assert state(boss) == before
    assert browser.post(f"{USERS}{peer.pk}/password/", form).status_code == 302
    peer.refresh_from_db()
    assert peer.check_password(f"{PASSWORD} 2")


def test_nobody_deletes_who_holds_more(browser: Client, boss: User, peer: User) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [boss.pk, peer.pk], "post": "yes"}
    assert browser.post(f"{USERS}{boss.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.post(USERS, chosen).status_code == 403
    assert {"boss", "peer"} <= set(User.objects.values_list("username", flat=True))
    assert browser.post(USERS, {**chosen, "_selected_action": [peer.pk]}).status_code == 302
    assert not User.objects.filter(username="peer").exists()


def test_a_new_user_holds_nothing_whatever_is_sent(browser: Client) -> None:
    form = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    more = {"is_superuser": "on", "is_staff": "on", "user_permissions": [permission("use_llmproviderconfig").pk]}
    assert browser.post(f"{USERS}add/", form | more).status_code == 302
    new = User.objects.get(username="new")
    assert (new.is_superuser, new.is_staff, new.user_permissions.count()) == (False, False, 0)


def test_a_user_copied_from_another_holds_nothing(browser: Client, boss: User) -> None:
    form = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    more = {"is_superuser": "on", "user_permissions": [permission("use_llmproviderconfig").pk], "_saveasnew": "1"}
    browser.post(change_user(boss), user_form(boss) | form | more)
    new = User.objects.get(username="new")
    assert (new.is_superuser, new.is_staff, new.user_permissions.count()) == (False, False, 0)


def test_a_group_gets_the_permissions_one_holds_and_no_other(browser: Client, actor: User) -> None:
    mine = group("mine", "view_user")
    actor.groups.add(mine)
    held, more = permission("change_user").pk, permission("use_llmproviderconfig").pk
    for address in (f"{GROUPS}{mine.pk}/change/", f"{GROUPS}add/"):
        answer = browser.post(address, {"name": "theirs", "permissions": [held, more]})
        assert (answer.status_code, "Select a valid choice" in answer.text) == (200, True)
        offered = re.findall(r'name="permissions" value="(\d+)"', answer.text)
        assert str(held) in offered
        assert str(more) not in offered
    assert list(mine.permissions.values_list("codename", flat=True)) == ["view_user"]
    assert not Group.objects.filter(name="theirs").exists()
    assert browser.post(f"{GROUPS}{mine.pk}/change/", {"name": "mine", "permissions": [held]}).status_code == 302
    assert mine.permissions.get().codename == "change_user"


def test_nobody_edits_or_deletes_a_group_that_holds_more(browser: Client) -> None:
    above = group("above", "view_user", "use_llmproviderconfig")
    address = f"{GROUPS}{above.pk}/"
    chosen = {"action": "delete_selected", "_selected_action": [above.pk], "post": "yes"}
    assert browser.get(f"{address}change/").status_code == 200
    assert browser.post(f"{address}change/", {"name": "above", "permissions": []}).status_code == 403
    assert browser.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert browser.post(GROUPS, chosen).status_code == 403
    assert above.permissions.count() == 2


@pytest.mark.parametrize("codename", [*ACCOUNTS, *GROUPINGS])
def test_one_permission_alone_opens_no_other_way(codename: str) -> None:
    actor = holder("actor", codename)
    browser = Client()
    browser.force_login(actor)
    more = permission("use_llmproviderconfig").pk
    made = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    browser.post(f"{USERS}add/", made | {"is_superuser": "on"})
    for changed in ({"is_superuser": "on"}, {"user_permissions": [more]}, {"groups": [Group.objects.all()[0].pk]}):
        browser.post(change_user(actor), user_form(actor, **changed))
    for address in (f"{GROUPS}add/", *(f"{GROUPS}{pk}/change/" for pk in Group.objects.values_list("pk", flat=True))):
        browser.post(address, {"name": "theirs", "permissions": [more]})
    actor = User.objects.get(pk=actor.pk)  # without what it remembers of its permissions
    assert actor.get_all_permissions() == {f"auth.{codename}"}
    assert not User.objects.filter(is_superuser=True).exists()
    assert not Group.objects.filter(name="theirs", permissions=more).exists()


def test_a_superuser_gives_everything(admin_client: Client, peer: User) -> None:
    everything = list(Permission.objects.values_list("pk", flat=True))
    groups = list(Group.objects.values_list("pk", flat=True))
    form = user_form(peer, is_superuser="on", user_permissions=everything, groups=groups)
    assert admin_client.post(change_user(peer), form).status_code == 302
    peer.refresh_from_db()
    assert peer.is_superuser
    assert (peer.user_permissions.count(), peer.groups.count()) == (len(everything), len(groups))


def test_the_page_of_who_holds_more_shows_no_hash(browser: Client, boss: User) -> None:
    page = browser.get(change_user(boss)).text
    assert boss.password.split("$")[-1] not in page
    assert 'name="_save"' not in page


def test_each_role_is_offered_with_a_sentence(admin_client: Client, peer: User) -> None:
    peer.groups.add(Group.objects.get(name="LLM provider viewers"), group("team", "view_user"), group("nothing"))
    page = admin_client.get(change_user(peer)).text
    offered = re.findall(
        r'<input type="checkbox" name="groups"[^>]*?( checked)?\s*(?:id="\w+")?\s*>\s*'
        r'<span><strong>([^<]+)</strong> <span class="quiet">([^<]+)</span>',
        page,
    )
    assert {name: (bool(checked), sentence) for checked, name, sentence in offered} == {
        "LLM provider administrators": (
            False,
            "Create, change, delete and view configurations, masked; read the audit events; manage machines.",
        ),
        "LLM provider viewers": (True, "View configurations, masked."),
        "LLM provider consumers": (False, "Use the credentials themselves, through the API."),
        "LLM provider auditors": (False, "View configurations, masked, and read the audit events."),
        "team": (True, "Can view user"),
        "nothing": (True, "No permission."),
    }


def test_single_permissions_are_behind_a_disclosure_and_by_subject(admin_client: Client, peer: User) -> None:
    page = admin_client.get(change_user(peer)).text
    folded = re.search(r"<details>(.*?)</details>", page, re.DOTALL)
    assert folded
    assert re.findall(r"<legend>(.*?)</legend>", folded[1]) == [
        "Configurations",
        "Audit events",
        "Machines",
        "Users",
        "Groups",
        "Without effect here",
    ]
    assert page.count('name="user_permissions"') == Permission.objects.count()
    assert folded[1].count('name="user_permissions"') == Permission.objects.count()


@pytest.mark.parametrize("address", [f"{USERS}add/", "change", f"{GROUPS}add/"])
def test_the_pages_speak_of_nothing_that_is_not_there(admin_client: Client, peer: User, address: str) -> None:
    page = admin_client.get(change_user(peer) if address == "change" else address).text
    assert [word for word in ("LDAP", "Single Sign-On", "Hold down", "related-widget-wrapper") if word in page] == []
