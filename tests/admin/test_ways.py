"""The way in is chosen at the top of the form; what belongs to another is neither read nor kept."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from llm_providers import audit, store
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from tests.admin.pages import CONFIGS, add, change, entries, way_of
from tests.ways import name_of, through_each_way

pytestmark = pytest.mark.django_db

AUTHOR = audit.Author("grace", AuditEvent.Source.API)
WITH_WAYS = [provider for provider in PROVIDERS if provider.Credentials.ways]
AZURE, ENTRA = through_each_way(PROVIDERS.get("azure"))
KEY_FILE, _EXPRESS = through_each_way(PROVIDERS.get("google-vertex"))
PAIRS = [
    (start, end)
    for provider in WITH_WAYS
    for start in through_each_way(provider)
    for end in through_each_way(provider)
    if start.example != end.example
]
each_change = pytest.mark.parametrize(
    ("start", "end"), PAIRS, ids=[f"{name_of(start)}-to-{name_of(end)}" for start, end in PAIRS]
)


def stored(provider: type[Provider]) -> LLMProviderConfig:
    return store.create(provider.slug, enabled=True, credentials=provider.example, author=AUTHOR)


def label(provider: type[Provider]) -> str:
    return getattr(provider.Credentials.way_of(provider.example), "label", "")


def chosen(page: str) -> list[str]:
    radios = re.findall(r'<input type="radio" name="way" value="([a-z-]+)"[^>]*?( checked)?>', page)
    return [value for value, checked in radios if checked]


def said(page: str) -> list[str]:
    """What the page says that each way would forget."""
    found = re.findall(r'<p class="notice notice-warn forgets">(.*?)</p>', page, re.DOTALL)
    return [unescape(sentence) for sentence in found]


def errors(page: str) -> dict[str, list[str]]:
    lists = re.findall(r'<ul class="errors" id="id_credentials\.([a-z_]+)_error">(.*?)</ul>', page, re.DOTALL)
    return {name: [unescape(each) for each in re.findall("<li>(.*?)</li>", inside)] for name, inside in lists}


@pytest.mark.parametrize("provider", WITH_WAYS, ids=lambda provider: provider.slug)
def test_each_way_is_offered_with_a_sentence_and_the_published_one_is_chosen(
    admin_client: Client, provider: type[Provider]
) -> None:
    page = admin_client.get(add(provider.slug)).text
    assert chosen(page) == [way_of(provider)["way"]]
    for way in provider.Credentials.ways:
        assert f"<strong>{way.label}</strong>" in page
        assert way.summary in unescape(page)
    assert said(page) == []


def test_a_provider_of_one_way_offers_no_choice(admin_client: Client) -> None:
    assert 'name="way"' not in admin_client.get(add("openai")).text


@each_change
def test_a_changed_way_says_what_it_forgets_and_forgets_it(
    admin_client: Client, start: type[Provider], end: type[Provider]
) -> None:
    config = stored(start)
    page = admin_client.get(change(config.pk)).text
    assert chosen(page) == [way_of(start)["way"]]
    declared = start.Credentials.declared()
    forgotten = [name for name in start.example if start.Credentials.belongs(name)]
    labels = ", ".join(str(name_) for name_ in (declared[name].label for name in declared if name in forgotten))
    assert said(page) == [f"Saved this way, what is stored for {label(start)} is forgotten: {labels}."]
    sent = {**entries(end.example), **way_of(end), "etag": config.etag}
    assert admin_client.post(change(config.pk), sent).status_code == 302
    assert LLMProviderConfig.objects.get().credentials == end.example
    fields = AuditEvent.objects.order_by("-pk")[0].fields
    assert [name for name in forgotten if f"credentials.{name}" not in fields] == []


@each_change
def test_what_is_in_the_boxes_of_another_way_is_not_read(
    admin_client: Client, start: type[Provider], end: type[Provider]
) -> None:
    """A browser without script sends them too."""
    sent = {**entries(start.example), **entries(end.example), **way_of(end)}
    assert admin_client.post(add(end.slug), sent).status_code == 302
    assert LLMProviderConfig.objects.get().credentials == end.example


@each_change
def test_a_way_that_is_chosen_and_left_empty_names_its_fields(
    admin_client: Client, start: type[Provider], end: type[Provider]
) -> None:
    config = stored(start)
    common = {name: value for name, value in start.example.items() if not start.Credentials.belongs(name)}
    page = admin_client.post(change(config.pk), {**entries(common), **way_of(end), "etag": config.etag}).text
    [way] = end.Credentials.ways_in(end.example)
    required = [name for name in way.fields if end.Credentials.declared()[name].required]
    assert errors(page) == {name: ["This field is required."] for name in required}
    assert chosen(page) == [way_of(end)["way"]]
    assert LLMProviderConfig.objects.get().credentials == start.example


def test_a_refused_way_shows_nothing_that_was_entered_for_another(admin_client: Client) -> None:
    sent = {**entries(AZURE.example | {"api_key": "canary-of-azure"}), "credentials.client_secret": "canary-of-entra"}
    page = admin_client.post(add("azure"), {**sent, **way_of(ENTRA)}).text
    assert set(errors(page)) == {"tenant_id", "client_id"}
    assert "canary" not in page


def test_a_tenant_changes_with_its_secret(admin_client: Client) -> None:
    config = stored(ENTRA)
    shown = {name: value for name, value in ENTRA.example.items() if name != "client_secret"}
    sent = {**entries(shown | {"tenant_id": "another-tenant"}), **way_of(ENTRA), "etag": config.etag}
    page = admin_client.post(change(config.pk), sent).text
    assert errors(page) == {
        "client_secret": ["Send this secret again: tenant_id changes, and a secret belongs to its destination."]
    }
    assert "needed again when Tenant ID or Endpoint changes" in page


def test_a_way_nobody_offers_is_refused(admin_client: Client) -> None:
    page = admin_client.post(add("azure"), {**entries(AZURE.example), "way": "sk-pasted-here"}).text
    assert "pasted-here" not in page
    assert '<ul class="errors" id="id_way_error"><li>Choose one of the ways in.</li></ul>' in page
    assert not LLMProviderConfig.objects.exists()


def test_an_unreadable_row_is_replaced_in_any_way(admin_client: Client) -> None:
    config = stored(AZURE)
    other = stored(PROVIDERS.get("xai"))
    sealed = LLMProviderConfig.objects.filter(pk=other.pk).values_list("credentials", flat=True).get()
    LLMProviderConfig.objects.filter(pk=config.pk).update(credentials=sealed)
    page = admin_client.get(change(config.pk)).text
    assert (chosen(page), said(page)) == (["api-key"], [])
    sent = {**entries(ENTRA.example), **way_of(ENTRA), "etag": config.etag}
    assert admin_client.post(change(config.pk), sent).status_code == 302
    assert LLMProviderConfig.objects.get(provider="azure").credentials == ENTRA.example


def test_who_was_slower_is_told_what_they_had_chosen(admin_client: Client) -> None:
    config = stored(AZURE)
    store.update("azure", patch={"deployment_id": "green"}, author=AUTHOR)
    sent = {**entries(ENTRA.example), **way_of(ENTRA), "etag": config.etag}
    page = admin_client.post(change(config.pk), sent).text
    assert "Nothing of yours was saved." in page
    assert "You had chosen: Entra ID" in page
    assert chosen(page) == ["api-key"]


@pytest.mark.parametrize("provider", [ENTRA, KEY_FILE], ids=name_of)
def test_the_way_is_a_word_wherever_a_configuration_is_shown(
    admin_client: Client, client: Client, provider: type[Provider]
) -> None:
    config = stored(provider)
    for path in (CONFIGS, f"{CONFIGS}{config.pk}/delete/"):
        assert re.search(rf"<dt>Way in</dt>\s*<dd>{label(provider)}</dd>", admin_client.get(path).text)
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_llmproviderconfig"))
    client.force_login(viewer)
    page: Any = client.get(change(config.pk)).text
    assert re.search(rf"<dt>Way in</dt>\s*<dd>{label(provider)}</dd>", page)
    assert 'name="way"' not in page
