"""What people do in the admin, in a real browser on the running server."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from llm_providers.models import LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.sealing import Sealed
from tests.admin.conftest import PASSWORD, Visitor
from tests.admin.pages import ADD, CONFIGS, EVENTS, GROUPS, HOME, USERS, add, as_entered, change, secrets_of
from tests.factories import another, canaries, canary_credentials, found
from tests.live import LiveServer
from tests.ways import fields_of, name_of, through_each_way

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.once

OTHER_LOOKS = [("dark", 375), ("light", 1280), ("light", 1440), ("dark", 1440)]
IN_EACH_WAY = [each for declared in PROVIDERS for each in through_each_way(declared)]
each_provider = pytest.mark.parametrize("provider", IN_EACH_WAY, ids=name_of)
Visit = Callable[..., Visitor]


def configure(http: "httpx.Client", *slugs: str) -> None:
    for slug in slugs:
        body = {"provider": slug, "credentials": PROVIDERS.get(slug).example}
        assert http.post("/llm-providers", json=body).status_code == 200


def key_of(server: LiveServer, slug: str) -> int:
    found: int = server.query(f"SELECT id FROM llm_providers_llmproviderconfig WHERE provider = '{slug}'")[0][0]
    return found


def stored(server: LiveServer, slug: str) -> dict[str, Any]:
    """The plaintext that is stored."""
    [[token]] = server.query(f"SELECT credentials FROM llm_providers_llmproviderconfig WHERE provider = '{slug}'")
    field: Any = LLMProviderConfig._meta.get_field("credentials")
    opened: dict[str, Any] = field.open(Sealed(bytes(token)), slug)
    return opened


def enter(visitor: Visitor, name: str, value: Any) -> None:
    visitor.page.locator(f'[name="credentials.{name}"]').fill(as_entered(value))


def choose(visitor: Visitor, provider: type[Provider]) -> None:
    """The way that the provider's example takes, where there are several."""
    way = provider.Credentials.way_of(provider.example)
    if way:
        visitor.page.get_by_role("radio", name=way.label).check()


def another_field(provider: type[Provider]) -> str | None:
    """A field that changes without its siblings, if the provider has more than one."""
    _first, *others = fields_of(provider).items()
    return next((name for name, field in others if not field.destination and name in provider.example), None)


@each_provider
def test_a_provider_is_added_changed_disabled_and_deleted(
    visit: Visit, server: LiveServer, http: "httpx.Client", tmp_path: Path, provider: type[Provider]
) -> None:
    visitor, path = visit(), f"/llm-provider/{provider.slug}"
    expected = dict(provider.example)

    page = visitor.go(HOME)
    page.get_by_role("link", name=f"Add credentials ({provider.label})").click()
    choose(visitor, provider)
    for name, value in expected.items():
        if isinstance(value, dict):
            (tmp_path / "key.json").write_text(json.dumps(value))
            page.locator(f'[name="credentials.{name}.file"]').set_input_files(tmp_path / "key.json")
        else:
            enter(visitor, name, value)
    visitor.save()
    page.get_by_text(f"{provider.label} is stored.").wait_for()
    row = page.locator("#result_list tbody").filter(has_text=provider.label)
    masked = PROVIDERS.mask(provider.slug, expected)
    assert [shown for shown in masked.values() if isinstance(shown, str) and shown not in row.inner_text()] == []
    assert http.get(path).json() == {"provider": provider.slug, "enabled": True, "credentials": masked}
    assert stored(server, provider.slug) == expected

    row.get_by_role("link", name=provider.label).click()
    changed = another_field(provider)
    if changed:
        expected[changed] = another(provider, changed)
        enter(visitor, changed, expected[changed])
    else:
        page.get_by_label("Enabled").uncheck()
    visitor.save()
    assert stored(server, provider.slug) == expected
    assert http.get(path).json()["enabled"] == bool(changed)

    visitor.go(change(key_of(server, provider.slug)))
    secret = secrets_of(provider)[0]
    expected[secret] = another(provider, secret)
    enter(visitor, secret, expected[secret])
    visitor.save()
    assert stored(server, provider.slug) == expected

    if changed:
        page.get_by_role("switch", name=f"{provider.label} enabled").click()
        page.get_by_role("button", name=f"Disable {provider.label}").click()
        page.get_by_text(f"{provider.label} is disabled.").wait_for()
    assert http.get(path).json() == {
        "provider": provider.slug,
        "enabled": False,
        "credentials": PROVIDERS.mask(provider.slug, expected),
    }

    visitor.go(change(key_of(server, provider.slug)))
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_text(f"{provider.label} is deleted.").wait_for()
    assert http.get(path).status_code == 404

    events = http.get(f"/audit-events?provider={provider.slug}").json()["events"]
    assert {(event["actor"], event["source"]) for event in events} == {("admin", "admin")}
    actions = [event["action"] for event in events]
    assert (actions[0], actions[-1], set(actions[1:-1])) == ("delete", "create", {"update"})


VERTEX = PROVIDERS.get("google-vertex")


@pytest.mark.parametrize("file_name", ["key.json", "key"])
def test_a_key_file_is_chosen_and_nothing_else_typed(
    visit: Visit, server: LiveServer, http: "httpx.Client", tmp_path: Path, file_name: str
) -> None:
    (tmp_path / file_name).write_text(json.dumps(VERTEX.example["service_account"]))
    visitor = visit()
    page = visitor.go(HOME)
    page.get_by_role("link", name="Add credentials (Google Vertex AI)").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_label("or choose the file").click()
    chooser.value.set_files(tmp_path / file_name)
    told = "project id: your-project · client email: your-account@your-project.iam.gserviceaccount.com"
    page.get_by_role("status").filter(has_text=told).wait_for()
    assert "PRIVATE KEY" not in page.evaluate("document.documentElement.outerHTML")
    visitor.save()
    page.get_by_text("Google Vertex AI is stored.").wait_for()
    assert stored(server, "google-vertex") == VERTEX.example


@pytest.mark.usefixtures("http")
def test_a_chosen_file_that_is_no_key_file_is_told_before_it_is_sent(visit: Visit, tmp_path: Path) -> None:
    page = visit().go(add("google-vertex"))
    for number, (content, told) in enumerate(
        (
            ("-----BEGIN PRIVATE KEY-----", "This is no JSON key file."),
            ("[]", "This is no key file: it names none of project_id, client_email."),
            ("null", "This is no key file: it names none of project_id, client_email."),
            ("no JSON", "This is no JSON key file."),
            ('{"project_id": {"private_key": "canary"}}', "This is no key file: it names none of"),
            ("x" * 70_000, "This file is larger than 64 KiB: it is no key file."),
        )
    ):
        file = tmp_path / str(number)
        file.write_text(content)
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_text(told).wait_for()
    page.locator("input[type=file]").set_input_files([])
    assert page.locator(".told").inner_text() == ""


def test_a_canary_typed_into_every_secret_stays_nowhere(visit: Visit, server: LiveServer, http: "httpx.Client") -> None:
    visitor = visit()
    seen: list[str] = []
    pieces: list[str] = []
    for provider in IN_EACH_WAY:
        credentials = canary_credentials(provider)
        pieces += canaries(provider, credentials)
        secrets = secrets_of(provider)

        def submit(
            path: str, entered: dict[str, Any], secrets: list[str] = secrets, provider: type[Provider] = provider
        ) -> None:
            page = visitor.go(path)
            choose(visitor, provider)
            for name, value in entered.items():
                enter(visitor, name, value)
            for button in page.locator("[data-shows]:visible").all():
                button.click()  # shown while typing
            seen.append(visitor.save().content())
            for name in secrets:
                box = page.locator(f'[name="credentials.{name}"]')
                assert not box.count() or box.input_value() == ""

        broken = {name: f"{as_entered(value)} ***" if name in secrets else value for name, value in credentials.items()}
        submit(add(provider.slug), broken)
        submit(add(provider.slug), credentials)
        assert stored(server, provider.slug) == PROVIDERS.clean(provider.slug, credentials)
    paths = (HOME, CONFIGS, EVENTS, f"{CONFIGS}{key_of(server, 'azure')}/history/")
    seen += [visitor.go(path).content() for path in paths]
    left = {
        "pages": "".join(seen),
        "addresses": " ".join(visitor.addresses),
        "browser": json.dumps(visitor.context.storage_state()),
        "session storage": visitor.page.evaluate("JSON.stringify(sessionStorage)"),
        "history": visitor.page.evaluate("JSON.stringify(history.state)") or "",
        "log": server.log_text(),
        "database": "\n".join(everything_in(server)),
    }
    assert [place for place, text in left.items() if found(pieces, text)] == []


def everything_in(server: LiveServer) -> Iterator[str]:
    """Each row of each table, sessions decoded."""
    catalogue = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if server.database_path is None:
        catalogue = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with closing(server.connect()) as connection:
        for (table,) in connection.execute(catalogue).fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"').fetchall():
                yield repr(row)
                if table == "django_session":
                    yield str(SessionStore().decode(row[1]))


def test_of_two_who_change_the_same_the_second_is_told(visit: Visit, server: LiveServer, http: "httpx.Client") -> None:
    configure(http, "azure")
    first, late = visit("grace"), visit("admin")
    path = change(key_of(server, "azure"))
    first.go(path)
    late.go(path)
    enter(first, "deployment_id", "green")
    first.save()
    enter(late, "deployment_id", "red")
    enter(late, "api_key", "late-key")
    page = late.save()
    assert "grace changed Azure OpenAI meanwhile" in page.get_by_role("alert").inner_text()
    assert page.locator('[name="credentials.deployment_id"]').input_value() == "green"
    page.get_by_text("You had entered: red").wait_for()
    assert stored(server, "azure") == {**PROVIDERS.get("azure").example, "deployment_id": "green"}
    enter(late, "deployment_id", "red")
    late.save()
    assert stored(server, "azure") == {**PROVIDERS.get("azure").example, "deployment_id": "red"}


def test_everything_works_by_keyboard(visit: Visit, server: LiveServer, http: "httpx.Client") -> None:
    page = visit(viewport={"width": 1280, "height": 900}).go(add("anthropic"))
    box = page.locator('[name="credentials.api_key"]')
    box.focus()
    page.keyboard.type("sk-ant-typed")
    page.keyboard.press("Tab")
    show = page.get_by_role("button", name="Show API key while typing")
    hide = page.get_by_role("button", name="Hide API key while typing")
    assert show.evaluate("element => element === document.activeElement")
    page.keyboard.press("Space")
    hide.wait_for()
    assert (box.get_attribute("type"), show.count()) == ("text", 0)
    page.keyboard.press("Space")
    show.wait_for()
    assert (box.get_attribute("type"), hide.count()) == ("password", 0)
    box.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert stored(server, "anthropic") == {"api_key": "sk-ant-typed"}
    filters = page.get_by_role("button", name="Filters")
    filters.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Disabled").or_(page.get_by_role("link", name="No")).first.wait_for()


def test_the_first_thing_after_an_error_is_the_error(visit: Visit, http: "httpx.Client") -> None:
    visitor = visit()
    visitor.go(add("azure"))
    page = visitor.save()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    box = page.locator('[name="credentials.api_key"]')
    assert box.get_attribute("aria-invalid") == "true"
    described = (box.get_attribute("aria-describedby") or "").split()
    assert "id_credentials.api_key_error" in described


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        ("light", 375),
        ("dark", 1280),
        *(pytest.param(*other, marks=pytest.mark.torture) for other in OTHER_LOOKS),
    ],
)
def test_the_pages_are_for_everybody(
    visit: Visit, server: LiveServer, http: "httpx.Client", theme: str, width: int
) -> None:
    """axe-core finds nothing serious, nothing is wider than the window, and no bar covers anything."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    configure(http, "openai", "google-vertex", "azure")
    key = key_of(server, "azure")
    [[user, group]] = server.query("SELECT min(u.id), min(g.id) FROM auth_user u, auth_group g")
    options = {"color_scheme": theme, "viewport": {"width": width, "height": 900}}
    stranger, visitor = visit(None, **options), visit(**options)
    findings: list[tuple[str, str, str]] = []
    too_wide: list[str] = []
    covering: list[str] = []

    def look(name: str, visitor: Visitor) -> None:
        found = axe.run(visitor.page).response["violations"]
        grave = [violation for violation in found if violation["impact"] in ("serious", "critical")]
        findings.extend((name, violation["id"], violation["nodes"][0]["html"]) for violation in grave)
        if visitor.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            too_wide.append(name)
        bar = visitor.page.locator("#submit-row")
        if bar.count() and bar.evaluate("element => getComputedStyle(element).position") != "static":
            covering.append(name)

    stranger.go("/admin/login/")
    look("login", stranger)
    for path in (HOME, CONFIGS, ADD, add("google-vertex"), add("xai"), change(key), EVENTS, USERS, GROUPS):
        visitor.go(path)
        look(path, visitor)
    for page in ("history", "delete", "switch"):
        visitor.go(f"{CONFIGS}{key}/{page}/?to=off")
        look(page, visitor)
    for path in (f"{USERS}{user}/change/", f"{USERS}add/", f"{USERS}{user}/password/", f"{GROUPS}{group}/change/"):
        for summary in visitor.go(path).locator("summary").all():
            summary.click()
        look(path, visitor)
    visitor.go(add("amazon-bedrock"))
    visitor.save()
    look("errors", visitor)
    visitor.go(change(key)).get_by_role("radio", name="Entra ID").check()
    look("another way", visitor)
    assert (findings, too_wide, covering) == ([], [], [])


@pytest.mark.parametrize("width", [375, 1280])
def test_roles_are_given_by_a_click_each(visit: Visit, server: LiveServer, http: "httpx.Client", width: int) -> None:
    """A new user is made and gets a role, as a person does it."""
    page = visit(viewport={"width": width, "height": 900}).go(f"{USERS}add/")
    page.get_by_label("Username").fill(f"new-{width}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("LLM provider auditors").check()
    assert not page.get_by_label("Can view audit event").is_visible()
    page.get_by_text("Single permissions").click()
    page.get_by_label("Can view user").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{USERS}")
    given = server.query(
        "SELECT g.name FROM auth_group g JOIN auth_user_groups m ON m.group_id = g.id"
        f" JOIN auth_user u ON u.id = m.user_id WHERE u.username = 'new-{width}'"
    )
    assert given == [("LLM provider auditors",)]


def test_a_provider_is_disabled_after_a_question_and_that_is_undone(visit: Visit, http: "httpx.Client") -> None:
    configure(http, "azure")
    page = visit().go(CONFIGS)
    page.get_by_role("switch", name="Azure OpenAI enabled").click()
    page.get_by_role("heading", name="Disable Azure OpenAI?").wait_for()
    assert http.get("/llm-provider/azure").json()["enabled"] is True
    page.get_by_role("button", name="Disable Azure OpenAI").click()
    page.get_by_text("Azure OpenAI is disabled.").wait_for()
    assert http.get("/llm-provider/azure").json()["enabled"] is False
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Enable Azure OpenAI").click()
    page.get_by_text("Azure OpenAI is enabled.").wait_for()
    assert http.get("/llm-provider/azure").json()["enabled"] is True


def test_the_filtered_trail_is_downloaded(visit: Visit, http: "httpx.Client") -> None:
    configure(http, "azure", "xai")
    page = visit().go(EVENTS)
    page.get_by_placeholder("Search by actor or request id").fill("admin")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=admin*")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert [line.split(",")[1:4] for line in lines[1:]] == [["admin", "create", "xai"], ["admin", "create", "azure"]]
