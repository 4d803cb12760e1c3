"""The list, the home page and the trail; who sees what; what no page and no log may hold."""

import logging
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter
from pytest_django import Settings

from llm_providers import audit, store
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS
from tests.admin.pages import ADD, CONFIGS, EVENTS, HOME, add, change, entries
from tests.client import holder_of, member_of
from tests.factories import stored

pytestmark = pytest.mark.django_db

AUTHOR = audit.Author("grace", AuditEvent.Source.API)


@pytest.fixture
def azure() -> LLMProviderConfig:
    credentials = {**PROVIDERS.get("azure").example, "api_key": "canary-azure-key"}
    return store.create("azure", enabled=True, credentials=credentials, author=AUTHOR)


def staff(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def last_event() -> tuple[str | None, ...]:
    return AuditEvent.objects.values_list("action", "provider", "actor", "source")[0]


def test_the_list_shows_masked_credentials_and_who_changed_them(admin_client: Client, azure: LLMProviderConfig) -> None:
    page = admin_client.get(CONFIGS).text
    assert "Azure OpenAI" in page
    assert "<dt>API key</dt><dd>***</dd>" in page
    assert "<dt>Endpoint</dt><dd>https://your-resource.openai.azure.com</dd>" in page
    assert "grace" in page
    assert "canary-azure-key" not in page


def test_an_unreadable_row_breaks_no_page_and_can_be_deleted(admin_client: Client, azure: LLMProviderConfig) -> None:
    other = stored("xai", {"api_key": "xai-1"})
    LLMProviderConfig.objects.filter(pk=azure.pk).update(credentials=vars(other)["sealed_credentials"])
    assert "Unreadable with the configured keys" in admin_client.get(CONFIGS).text
    assert "Enter the credentials again" in admin_client.get(HOME).text
    address = f"{CONFIGS}{azure.pk}/delete/"
    assert "What is stored cannot be read" in admin_client.get(address).text
    assert admin_client.post(address, {"etag": azure.etag}).status_code == 302
    assert not LLMProviderConfig.objects.filter(pk=azure.pk).exists()


def press_switch(client: Client, page: str) -> Any:
    button = re.search(r'name="_switch" value="([^"]+)"', page)
    assert button
    return client.post(CONFIGS, {"_switch": unescape(button[1])}, follow=True)


def confirm(client: Client, page: Any) -> Any:
    """Press the button of the page that asks."""
    etag = re.search(r'name="etag" value="([^"]+)"', page.text)
    assert etag
    address = f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
    return client.post(address, {"etag": unescape(etag[1])}, follow=True)


def undo(page: Any) -> str:
    found = re.search(r'<a href="([^"]+)">Undo</a>', page.text)
    assert found
    return found[1]


def test_a_row_is_switched_off_after_a_question_and_on_at_once(admin_client: Client, azure: LLMProviderConfig) -> None:
    asked = press_switch(admin_client, admin_client.get(CONFIGS).text)
    assert "Disable Azure OpenAI?" in asked.text
    azure.refresh_from_db()
    assert azure.version == 1
    page = confirm(admin_client, asked)
    assert "Azure OpenAI is disabled." in page.text
    assert last_event() == ("update", "azure", "admin", "admin")
    assert "Azure OpenAI is enabled." in press_switch(admin_client, page.text).text
    azure.refresh_from_db()
    assert azure.enabled


def test_what_was_switched_off_is_undone_from_the_message(admin_client: Client, azure: LLMProviderConfig) -> None:
    address = undo(confirm(admin_client, press_switch(admin_client, admin_client.get(CONFIGS).text)))
    asked = admin_client.get(address)
    assert "Enable Azure OpenAI?" in asked.text
    azure.refresh_from_db()
    assert azure.version == 2
    assert "Azure OpenAI is enabled." in confirm(admin_client, asked).text
    azure.refresh_from_db()
    assert azure.enabled
    assert "Azure OpenAI is enabled already." in admin_client.get(address, follow=True).text


def test_a_switch_on_an_outdated_page_changes_nothing(admin_client: Client, azure: LLMProviderConfig) -> None:
    asked = press_switch(admin_client, admin_client.get(CONFIGS).text)
    store.update("azure", author=AUTHOR, patch={"deployment_id": "green"})
    assert "Azure OpenAI was changed meanwhile and left as it is." in confirm(admin_client, asked).text
    store.update("azure", author=AUTHOR, enabled=False)
    page = admin_client.get(CONFIGS).text
    store.update("azure", author=AUTHOR, patch={"deployment_id": "blue"})
    assert "Azure OpenAI was changed meanwhile and left as it is." in press_switch(admin_client, page).text
    azure.refresh_from_db()
    assert (azure.enabled, azure.version) == (False, 4)


@pytest.mark.parametrize("to", ["", "?to=", "?to=canary", "?to=on%20"])
def test_the_page_that_asks_takes_no_nonsense(admin_client: Client, azure: LLMProviderConfig, to: str) -> None:
    for answer in (admin_client.get(switch(azure, to)), admin_client.post(switch(azure, to))):
        assert answer.status_code == 400
    azure.refresh_from_db()
    assert azure.version == 1


def switch(config: LLMProviderConfig, query: str) -> str:
    return f"{CONFIGS}{config.pk}/switch/{query}"


def test_a_configuration_that_is_gone_is_not_switched(admin_client: Client) -> None:
    page = admin_client.post(f"{CONFIGS}99/switch/?to=off", {"etag": "x"}, follow=True)
    assert "This configuration does not exist any more." in page.text


@pytest.mark.parametrize("value", ["", "azure", "azure off", "azure off stale", "openai on x", "canary-key on x"])
def test_a_switch_takes_no_nonsense(admin_client: Client, azure: LLMProviderConfig, value: str) -> None:
    page = admin_client.post(CONFIGS, {"_switch": value}, follow=True).text
    azure.refresh_from_db()
    assert (azure.enabled, azure.version) == (True, 1)
    assert "canary-key" not in page


@pytest.mark.parametrize(("action", "enabled"), [("enable", True), ("disable", False)])
def test_the_chosen_are_enabled_or_disabled(
    admin_client: Client, azure: LLMProviderConfig, action: str, enabled: bool
) -> None:
    xai = store.create("xai", enabled=not enabled, credentials={"api_key": "xai-1"}, author=AUTHOR)
    admin_client.post(CONFIGS, {"action": action, "_selected_action": [azure.pk, xai.pk]})
    assert set(LLMProviderConfig.objects.values_list("enabled", flat=True)) == {enabled}
    assert last_event()[2:] == ("admin", "admin")


def test_nothing_is_deleted_in_bulk(admin_client: Client, azure: LLMProviderConfig) -> None:
    admin_client.post(CONFIGS, {"action": "delete_selected", "_selected_action": [azure.pk], "post": "yes"})
    assert LLMProviderConfig.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "credentials__startswith=gAAAA",
        "credentials__isnull=False",
        "updated_by__startswith=g",
        "credentials=x",
        "provider__regex=(",
    ],
)
def test_no_filter_reaches_what_is_stored(admin_client: Client, azure: LLMProviderConfig, query: str) -> None:
    assert admin_client.get(f"{CONFIGS}?{query}").status_code == 400


def test_who_may_only_delete_sees_nothing_of_what_is_stored(azure: LLMProviderConfig) -> None:
    client, address = staff(holder_of("delete_llmproviderconfig")), f"{CONFIGS}{azure.pk}/delete/"
    page = client.get(address).text
    assert "You are not permitted to see what is stored." in page
    assert [word for word in ("your-resource", "your-deployment", "***", "grace") if word in page] == []
    assert client.post(address, {"etag": azure.etag}).status_code == 302
    assert not LLMProviderConfig.objects.exists()


@pytest.mark.parametrize("word", ["canary", "gAAAA", "your-deployment", "your-resource"])
def test_the_search_knows_only_the_provider(admin_client: Client, azure: LLMProviderConfig, word: str) -> None:
    assert "<dt>Endpoint</dt>" in admin_client.get(f"{CONFIGS}?q=azure").text
    assert "<dt>Endpoint</dt>" not in admin_client.get(f"{CONFIGS}?q={word}").text


def test_home_shows_every_provider_and_the_next_step(admin_client: Client, azure: LLMProviderConfig) -> None:
    page = admin_client.get(HOME).text
    assert f"1 of {len(PROVIDERS.slugs())} providers configured" in page
    assert [provider.label for provider in PROVIDERS if f"<h3>{provider.label}</h3>" not in page] == []
    assert change(azure.pk) in page
    assert add("xai") in page
    assert add("azure") not in page


def test_a_viewer_reads_and_is_offered_nothing_else(azure: LLMProviderConfig) -> None:
    client = staff(member_of("LLM provider viewers"))
    home, listed, shown = (client.get(path).text for path in (HOME, CONFIGS, change(azure.pk)))
    assert "Add credentials" not in home
    assert ">View <" in home
    assert ADD not in listed
    assert "_switch" not in listed
    assert 'name="action"' not in listed
    assert "your-deployment" in shown
    assert "canary-azure-key" not in home + listed + shown
    assert "Delete" not in shown
    assert "History" not in shown
    assert "<form method" not in shown.split('class="page"')[1]
    assert client.get(ADD).status_code == 403
    assert client.post(add("xai"), entries({"api_key": "xai-1"})).status_code == 403
    assert client.post(change(azure.pk), {"etag": azure.etag}).status_code == 403
    assert client.post(CONFIGS, {"_switch": f"azure off {azure.etag}"}).status_code == 403
    assert client.get(switch(azure, "?to=off")).status_code == 403
    assert client.post(switch(azure, "?to=off"), {"etag": azure.etag}).status_code == 403
    assert client.get(f"{CONFIGS}{azure.pk}/delete/").status_code == 403
    assert client.post(f"{CONFIGS}{azure.pk}/delete/", {"etag": azure.etag}).status_code == 403
    assert client.get(f"{CONFIGS}{azure.pk}/history/").status_code == 403
    assert client.get(EVENTS).status_code == 403
    assert LLMProviderConfig.objects.get().version == 1


def test_an_auditor_reads_the_history(azure: LLMProviderConfig) -> None:
    client = staff(member_of("LLM provider auditors"))
    page = client.get(f"{CONFIGS}{azure.pk}/history/").text
    assert "<p>switched on, API key, Endpoint, Deployment ID</p>" in page
    assert "grace" in page
    assert "grace" in client.get(EVENTS).text


def test_who_may_only_add_adds_and_sees_nothing_stored(azure: LLMProviderConfig) -> None:
    client = staff(holder_of("add_llmproviderconfig"))
    assert client.post(add("xai"), entries({"api_key": "xai-1"}), follow=True).status_code == 200
    assert ADD in client.get(HOME).text
    page = client.post(add("azure"), entries(PROVIDERS.get("azure").example), follow=True).text
    assert "Azure OpenAI was configured meanwhile by grace. Nothing of yours was saved." in page
    assert "your-deployment" not in page
    assert client.get(change(azure.pk)).status_code == 403
    assert client.get(CONFIGS).status_code == 403


def test_staff_without_a_permission_sees_no_provider(azure: LLMProviderConfig) -> None:
    client = staff(holder_of("verify_llmproviderconfig"))
    page = client.get(HOME).text
    assert "it has no permission yet" in page
    assert "Azure" not in page
    assert client.get(CONFIGS).status_code == 403
    assert client.get(change(azure.pk)).status_code == 403


def test_a_consumer_is_told_the_way_to_the_api(azure: LLMProviderConfig) -> None:
    page = staff(member_of("LLM provider consumers")).get(HOME).text
    assert "You read credentials through the API: get an access token with <code>POST /v1/token</code>" in page
    assert '<a href="/docs">API documentation</a>' in page
    assert "permission" not in page
    assert "Azure" not in page


def test_the_home_is_titled_by_what_it_is_and_leads_to_the_documentation(admin_client: Client) -> None:
    page = admin_client.get(HOME).text
    assert "Site administration" not in page
    assert re.search(r"<title>\s*Overview \| LLM providers</title>", page)
    assert 'href="/docs"' in page


def test_the_sidebar_offers_what_one_may_open() -> None:
    page = staff(member_of("LLM provider auditors")).get(HOME).text
    sidebar = page.split('id="nav-sidebar-apps"')[1].split('id="main"')[0]
    links = re.findall(r'<a href="([^"]+)" class="flex', sidebar)
    assert links == [HOME, CONFIGS, EVENTS, "/docs"]


def test_a_key_file_is_one_short_line(admin_client: Client) -> None:
    stored("google-vertex", PROVIDERS.get("google-vertex").example)
    page = admin_client.get(CONFIGS).text
    assert "<dd>your-project, your-account@your-project.iam.gserviceaccount.com</dd>" in page
    assert "service_account" not in page.split('id="result_list"')[1]


def content(response: Any) -> bytes:
    whole = b"".join(response)
    response.close()
    return whole


def test_there_is_an_icon_for_pages_that_name_it_and_for_those_that_do_not(client: Client) -> None:
    found = re.search(r'rel="icon" href="([^"]+)" type="image/svg\+xml"', client.get("/admin/login/").text)
    assert found
    assert content(client.get(found[1])) == content(client.get("/favicon.ico", follow=True))


def test_the_audit_event_is_the_only_log(admin_client: Client, azure: LLMProviderConfig) -> None:
    admin_client.post(add("xai"), entries({"api_key": "xai-1"}))
    admin_client.post(change(azure.pk), {**entries({"deployment_id": "green"}), "etag": azure.etag})
    admin_client.post(f"{CONFIGS}{azure.pk}/delete/", {"etag": azure.etag})
    assert not LogEntry.objects.exists()


def test_the_bookkeeping_of_tokens_has_no_page(admin_client: Client) -> None:
    assert admin_client.get("/admin/token_blacklist/outstandingtoken/").status_code == 404
    assert admin_client.get("/admin/auth/user/").status_code == 200
    assert admin_client.get("/admin/auth/group/").status_code == 200


def test_only_the_admin_has_a_relaxed_policy(admin_client: Client) -> None:
    admin = admin_client.get(HOME).headers["Content-Security-Policy"]
    elsewhere = admin_client.get("/healthz").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval';" in admin + ";"
    assert "style-src-attr 'unsafe-inline'" in admin
    assert "unsafe" not in elsewhere


def test_repeated_failures_lock_the_login_with_a_clear_page(client: Client, settings: Settings) -> None:
    for _ in range(settings.LOGIN_FAILURE_LIMIT):
        page = client.post("/admin/login/", {"username": "admin", "password": "canary-password"})
    assert page.status_code == 429
    assert "Too many failed logins" in page.text
    assert "locked for 15 more minutes" in page.text
    assert "canary-password" not in page.text
    assert "manage.py unlock_login USERNAME" in page.text


def test_a_wrong_login_is_told_once(client: Client) -> None:
    page = client.post("/admin/login/", {"username": "nobody", "password": "wrong"}).text
    assert page.count("errornote") == 1
    assert "Please enter the correct username and password" in page
    empty = client.post("/admin/login/", {"username": "", "password": "wrong"}).text
    assert (empty.count("errornote"), empty.count("This field is required.")) == (0, 1)


@pytest.mark.parametrize("debug", [True, False])
def test_an_error_report_holds_nothing_that_was_sent(settings: Settings, rf: RequestFactory, debug: bool) -> None:
    settings.DEBUG = debug
    canary = "-".join(["canary", "key"])  # the report shows these lines
    request = rf.post(add("xai"), {"credentials.api_key": canary})
    try:
        local = request.POST["credentials.api_key"]
        raise PermissionDenied  # noqa: TRY301
    except PermissionDenied as error:
        reporter = ExceptionReporter(request, type(error), error, error.__traceback__)
        report = reporter.get_traceback_html() + reporter.get_traceback_text()
        assert local == canary
    assert "PermissionDenied" in report
    assert canary not in report


def test_no_log_line_and_no_session_holds_a_secret(
    admin_client: Client, caplog: pytest.LogCaptureFixture, azure: LLMProviderConfig
) -> None:
    caplog.set_level(logging.DEBUG)
    admin_client.post(add("xai"), entries({"api_key": "canary key"}))
    admin_client.post(add("xai"), entries({"api_key": "canary-key"}))
    admin_client.post(change(azure.pk), {**entries({"api_key": "canary-key"}), "etag": "stale"})
    ours = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert [line for line in ours if "canary" in line] == []
    assert "canary" not in str(dict(admin_client.session))
    assert "canary" not in admin_client.cookies.output()
