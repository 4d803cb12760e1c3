"""The form of each provider, and the rules of adding and changing."""

import io
import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from llm_providers import audit, store
from llm_providers.models import AuditEvent, LLMProviderConfig
from llm_providers.providers import PROVIDERS, Provider
from llm_providers.providers.base import Provider as BaseProvider
from llm_providers.providers.credentials import CredentialsSerializer, PlainField, SecretField
from llm_providers.providers.endpoint import EndpointField
from tests.admin.pages import ADD, CONFIGS, add, change, entries, secrets_of, way_of
from tests.factories import canaries, canary_credentials, found, registered
from tests.ways import fields_of, name_of, through_each_way

pytestmark = pytest.mark.django_db

AZURE = PROVIDERS.get("azure").example
AUTHOR = audit.Author("grace", AuditEvent.Source.API)
IN_EACH_WAY = [each for declared in PROVIDERS for each in through_each_way(declared)]
each_provider = pytest.mark.parametrize("provider", IN_EACH_WAY, ids=name_of)


def stored(slug: str) -> LLMProviderConfig:
    return LLMProviderConfig.objects.get(provider=slug)


def create(slug: str, **credentials: Any) -> LLMProviderConfig:
    whole = {**PROVIDERS.get(slug).example, **credentials}
    return store.create(slug, enabled=True, credentials=PROVIDERS.clean(slug, whole), author=AUTHOR)


def save(client: Client, config: LLMProviderConfig, **data: Any) -> Any:
    """Submit the change form as it is shown, with these differences; names without their prefix."""
    shown = {
        name: value
        for name, value in config.masked_credentials().items()
        if name not in secrets_of(PROVIDERS.get(config.provider))
    }
    data = {name if name in ("enabled", "etag") else f"credentials.{name}": value for name, value in data.items()}
    return client.post(change(config.pk), {**entries(shown), "etag": config.etag, **data})


def errors(page: str, name: str) -> list[str]:
    """The sentences that stand at a field."""
    found = re.search(rf'<ul class="errors" id="id_credentials\.{name}_error">(.*?)</ul>', page, re.DOTALL)
    return [unescape(sentence) for sentence in re.findall(r"<li>(.*?)</li>", found[1])] if found else []


def tag(page: str, name: str) -> str:
    found = re.search(rf'<(?:input|textarea)[^>]*name="credentials\.{name}"[^>]*>', page)
    assert found
    return found[0]


def test_the_choice_shows_the_providers_that_are_missing(admin_client: Client) -> None:
    create("xai")
    page = admin_client.get(ADD).text
    offered = re.findall(r'href="\?provider=([a-z-]+)"', page)
    assert offered == [slug for slug in PROVIDERS.slugs() if slug != "xai"]
    assert [url for slug in offered for url in (PROVIDERS.get(slug).keys_url,) if url not in page] == []


def test_when_all_are_configured_the_choice_says_so(admin_client: Client) -> None:
    for slug in PROVIDERS.slugs():
        create(slug)
    assert "Every provider is configured." in admin_client.get(ADD).text


def test_a_configured_provider_leads_to_its_own_page(admin_client: Client) -> None:
    config = create("xai")
    assert admin_client.get(add("xai")).headers["Location"] == change(config.pk)


def test_an_unknown_provider_leads_to_the_choice(admin_client: Client) -> None:
    page = admin_client.get(add("sk-pasted-in-the-wrong-place")).text
    assert "Which provider do you have a key of?" in page
    assert "pasted-in-the-wrong-place" not in page


@each_provider
def test_each_credential_has_a_field_with_label_help_and_required_mark(
    admin_client: Client, provider: type[Provider]
) -> None:
    page = admin_client.get(add(provider.slug)).text
    for name, field in provider.Credentials.declared().items():
        assert f'<label for="id_credentials.{name}">{field.label}' in page
        assert str(field.help_text) in unescape(page)
        assert (" required" in tag(page, name)) == field.required
        assert f"id_credentials.{name}_helptext" in tag(page, name)
        assert "maxlength" not in tag(page, name)


@each_provider
def test_a_secret_is_typed_unseen_and_kept_by_no_browser(admin_client: Client, provider: type[Provider]) -> None:
    page = admin_client.get(add(provider.slug)).text
    for name in secrets_of(provider):
        secret = tag(page, name)
        assert 'spellcheck="false"' in secret
        assert f'data-shows="id_credentials.{name}"' in page
        if secret.startswith("<input"):
            assert 'type="password"' in secret
            assert 'autocomplete="new-password"' in secret
        else:
            assert "secret-text" in secret
            assert 'autocomplete="off"' in secret


def test_a_placeholder_has_the_shape_of_the_example(admin_client: Client) -> None:
    assert 'placeholder="sk-ant-…"' in tag(admin_client.get(add("anthropic")).text, "api_key")
    assert 'placeholder="https://your-resource.openai.azure.com"' in tag(
        admin_client.get(add("azure")).text, "endpoint"
    )


@each_provider
def test_the_breadcrumb_names_the_provider(admin_client: Client, provider: type[Provider]) -> None:
    config = create(provider.slug)
    pages = [change(config.pk), *(f"{CONFIGS}{config.pk}/{page}/" for page in ("delete", "history", "switch"))]
    pages[-1] += "?to=off"
    for page in pages:
        heading = re.search(r"<h1.*?</h1>", admin_client.get(page).text, re.DOTALL)
        assert heading
        assert provider.label in heading[0]
        assert CONFIGS in heading[0]
    config.delete()
    heading = re.search(r"<h1.*?</h1>", admin_client.get(add(provider.slug)).text, re.DOTALL)
    assert heading
    assert f"Add {provider.label}" in heading[0]


@each_provider
def test_an_example_is_stored_and_audited(admin_client: Client, provider: type[Provider]) -> None:
    answer = admin_client.post(add(provider.slug), entries(provider.example) | way_of(provider))
    assert (answer.status_code, answer.headers["Location"]) == (302, CONFIGS)
    assert stored(provider.slug).credentials == PROVIDERS.clean(provider.slug, provider.example)
    event = AuditEvent.objects.get()
    assert (event.action, event.provider, event.actor, event.source) == ("create", provider.slug, "admin", "admin")


@each_provider
def test_each_missing_field_is_named_at_its_place(admin_client: Client, provider: type[Provider]) -> None:
    page = admin_client.post(add(provider.slug), way_of(provider)).text
    required = [name for name, field in fields_of(provider).items() if field.required]
    assert {name: errors(page, name) for name in required} == {name: ["This field is required."] for name in required}
    assert not LLMProviderConfig.objects.exists()


def test_a_foreign_key_is_refused_at_its_field(admin_client: Client) -> None:
    page = admin_client.post(add("openai"), entries({"api_key": "sk-ant-canary"})).text
    assert errors(page, "api_key") == ["This looks like a key of Anthropic. Send it under that provider."]
    assert "canary" not in page


def test_errors_inside_a_key_file_stand_at_the_key_file(admin_client: Client) -> None:
    key_file = {**PROVIDERS.get("google-vertex").example["service_account"], "private_key": "canary"}
    page = admin_client.post(add("google-vertex"), entries({"service_account": key_file})).text
    assert errors(page, "service_account") == [
        "private_key: The private key is not a PEM private key. Send the downloaded key file unchanged."
    ]
    assert "canary" not in page
    assert re.search(r"<textarea[^>]*>\s*</textarea>", page)


def upload(content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = "key.json"
    return file


def test_an_uploaded_key_file_takes_the_place_of_the_text(admin_client: Client) -> None:
    key_file = PROVIDERS.get("google-vertex").example["service_account"]
    data = {
        "credentials.service_account": "something else",
        "credentials.service_account.file": upload(b"\xef\xbb\xbf" + json.dumps(key_file).encode()),
    }
    assert admin_client.post(add("google-vertex"), data).status_code == 302
    assert stored("google-vertex").credentials["service_account"] == key_file
    assert stored("google-vertex").enabled is False


PASTE = "Paste it again: a secret that was sent is in no page."
CHOOSE = "Choose the file again: what it holds is secret, so it is in no page."


def again(page: str, name: str) -> list[str]:
    """What a page asks to be entered again at a field."""
    [helptext] = re.findall(rf'id="id_credentials\.{name}_helptext">(.*?)</div>', page, re.DOTALL)
    return [sentence for sentence in (PASTE, CHOOSE) if sentence in helptext]


def test_each_secret_that_was_sent_and_refused_is_to_be_entered_again(admin_client: Client) -> None:
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "wJalr-example", "region": "nowhere"}
    page = admin_client.post(add("amazon-bedrock"), entries(keys)).text
    assert {name: again(page, name) for name in keys} == {
        "aws_access_key_id": [PASTE],
        "aws_secret_access_key": [PASTE],
        "region": [],
    }
    page = admin_client.post(add("amazon-bedrock"), entries({**keys, "aws_access_key_id": ""})).text
    assert again(page, "aws_access_key_id") == []


def test_a_file_that_was_refused_is_to_be_chosen_again(admin_client: Client) -> None:
    file = upload(json.dumps(PROVIDERS.get("google-vertex").example["service_account"]).encode())
    entered = {"credentials.service_account.file": file, "credentials.location": "nowhere!"}
    assert again(admin_client.post(add("google-vertex"), entered).text, "service_account") == [CHOOSE]


def test_a_secret_sent_over_another_state_is_to_be_entered_again(admin_client: Client) -> None:
    config = create("azure")
    assert again(admin_client.get(change(config.pk)).text, "api_key") == []
    store.update("azure", author=AUTHOR, patch={"deployment_id": "green"})
    assert again(save(admin_client, config, api_key="canary-key").text, "api_key") == [PASTE]
    assert again(save(admin_client, config, deployment_id="red").text, "api_key") == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x" * 70_000, "The file is larger than 64 KiB. Choose the downloaded key file."),
        (b"x" * 10_000_000, "The file is larger than 64 KiB. Choose the downloaded key file."),
        (b"x" * 20_000, "A key file takes at most 16384 bytes."),
        (b"\xff\xfe", "The file is not UTF-8 text. Choose the downloaded key file."),
        (b"", "The file is empty. Choose the downloaded key file."),
    ],
    ids=["large", "huge", "long", "binary", "empty"],
)
def test_a_file_that_is_no_key_file_never_counts_as_left_empty(
    admin_client: Client, content: bytes, sentence: str
) -> None:
    config = create("google-vertex")
    page = save(admin_client, config, **{"service_account.file": upload(content)}).text
    assert errors(page, "service_account") == [sentence]
    assert stored("google-vertex").version == 1


@each_provider
def test_an_empty_secret_keeps_what_is_stored(admin_client: Client, provider: type[Provider]) -> None:
    config = create(provider.slug)
    before = config.credentials
    assert save(admin_client, config, enabled="").status_code == 302
    assert stored(provider.slug).credentials == before
    assert stored(provider.slug).enabled is False


def test_a_changed_plain_field_leaves_the_secret(admin_client: Client) -> None:
    config = create("azure")
    assert save(admin_client, config, deployment_id="green").status_code == 302
    assert stored("azure").credentials == {**AZURE, "deployment_id": "green"}
    assert AuditEvent.objects.first().fields == ["credentials.deployment_id"]  # type: ignore[union-attr]


def test_nothing_changed_writes_nothing(admin_client: Client) -> None:
    config = create("azure")
    assert save(admin_client, config).status_code == 302
    assert "Nothing was changed: Azure OpenAI is stored as it was." in admin_client.get(CONFIGS).text
    assert stored("azure").version == 1
    assert AuditEvent.objects.count() == 1
    save(admin_client, config, deployment_id="green")
    assert "Azure OpenAI is stored." in admin_client.get(CONFIGS).text


def test_a_stored_optional_secret_is_removed_only_explicitly(admin_client: Client) -> None:
    config = create("openai")
    assert save(admin_client, config, api_key="sk-next").status_code == 302
    assert stored("openai").credentials == {"api_key": "sk-next", "organization": "org-your-org-id"}
    assert save(admin_client, stored("openai"), **{"organization.remove": "on"}).status_code == 302
    assert stored("openai").credentials == {"api_key": "sk-next"}
    assert "organization.remove" not in admin_client.get(change(config.pk)).text


def test_a_new_value_and_its_removal_exclude_each_other(admin_client: Client) -> None:
    config = create("openai")
    page = save(admin_client, config, organization="org-new", **{"organization.remove": "on"}).text
    assert errors(page, "organization") == ["Enter a new value or remove the stored one, not both."]


def test_an_emptied_optional_plain_field_takes_its_default(admin_client: Client) -> None:
    config = create("google-vertex", location="eu", project_id="another-project")
    assert save(admin_client, config, location="", project_id="").status_code == 302
    assert stored("google-vertex").credentials["location"] == "global"
    assert stored("google-vertex").credentials["project_id"] == "your-project"


def test_an_emptied_required_field_is_refused(admin_client: Client) -> None:
    page = save(admin_client, create("azure"), deployment_id="").text
    assert errors(page, "deployment_id") == ["This field is required."]


def test_rules_across_fields_are_told_with_those_of_the_fields(admin_client: Client) -> None:
    bedrock = {"aws_access_key_id": "ASIA" + "A" * 16, "aws_secret_access_key": "secret", "region": "Oregon"}
    page = admin_client.post(add("amazon-bedrock"), entries(bedrock)).text
    assert errors(page, "region") == ["An AWS region looks like us-west-2."]
    assert errors(page, "aws_session_token") == ["This field is required: an ASIA access key id is temporary."]


def test_a_changed_destination_demands_the_secret_again(admin_client: Client) -> None:
    config = create("azure")
    assert "needed again when Endpoint changes" in admin_client.get(change(config.pk)).text
    endpoint = "https://other.openai.azure.com"
    page = save(admin_client, config, endpoint=endpoint).text
    assert errors(page, "api_key") == [
        "Send this secret again: endpoint changes, and a secret belongs to its destination."
    ]
    assert endpoint in tag(page, "endpoint")
    assert save(admin_client, config, endpoint=endpoint, api_key="next-key").status_code == 302
    assert stored("azure").credentials == {**AZURE, "endpoint": endpoint, "api_key": "next-key"}


def test_a_masked_value_typed_in_is_refused(admin_client: Client) -> None:
    page = save(admin_client, create("openai"), api_key="sk-***").text
    assert errors(page, "api_key")[0].startswith("This is a masked value.")


def test_a_concurrent_change_is_shown_and_not_overwritten(admin_client: Client) -> None:
    config = create("azure")
    store.update("azure", author=AUTHOR, enabled=False, patch={"deployment_id": "green"})
    page = save(admin_client, config, deployment_id="red", api_key="canary-key").text
    assert "Nothing of yours was saved." in page
    assert "grace changed Azure OpenAI meanwhile" in page
    assert 'value="green"' in tag(page, "deployment_id")
    assert "You had entered: red" in page
    assert "You had switched it on." in page
    assert "canary-key" not in page
    assert stored("azure").credentials == {**AZURE, "deployment_id": "green"}
    assert stored("azure").etag in unescape(page)


def test_who_adds_second_is_told_and_overwrites_nothing(admin_client: Client) -> None:
    config = create("azure")
    page = admin_client.post(add("azure"), entries({**AZURE, "deployment_id": "mine", "api_key": "canary-key"})).text
    assert "grace changed Azure OpenAI meanwhile" in page
    assert "You had entered: mine" in page
    assert f'action="{change(config.pk)}"' in page
    assert "canary-key" not in page
    assert stored("azure").credentials == AZURE


def test_a_field_the_slower_one_did_not_touch_is_not_said_to_be_theirs(admin_client: Client) -> None:
    config = create("azure")
    shown = {f"initial-credentials.{name}": AZURE[name] for name in ("endpoint", "deployment_id")}
    kept = {f"credentials.{name}": AZURE[name] for name in ("endpoint", "deployment_id")}
    store.update("azure", author=AUTHOR, patch={"deployment_id": "green"})
    sent = {**shown, **kept, "credentials.api_key": "canary-key", "enabled": "on", "etag": config.etag}
    page = admin_client.post(change(config.pk), sent).text
    assert "Nothing of yours was saved." in page
    assert "You had entered" not in page


def test_an_old_form_without_a_change_is_told_as_well(admin_client: Client) -> None:
    config = create("azure")
    store.update("azure", author=AUTHOR, patch={"api_key": "another-key"})
    kept = {f"credentials.{name}": AZURE[name] for name in ("endpoint", "deployment_id")}
    page = admin_client.post(change(config.pk), {**kept, "enabled": "on", "etag": config.etag}).text
    assert "Nothing of yours was saved." in page


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_what_was_deleted_meanwhile_leads_home_with_a_word(admin_client: Client, page: str) -> None:
    answer = admin_client.post(f"{CONFIGS}99/{page}/", {"credentials.api_key": "canary"}, follow=True)
    assert answer.redirect_chain == [("/admin/", 302)]
    assert "This configuration does not exist any more. Nothing was saved." in answer.text


def break_row(slug: str) -> LLMProviderConfig:
    other = create("openai")
    LLMProviderConfig.objects.filter(provider=slug).update(credentials=vars(other)["sealed_credentials"])
    return stored(slug)


def test_an_unreadable_row_asks_for_everything_and_is_replaced(admin_client: Client) -> None:
    create("azure")
    config = break_row("azure")
    page = admin_client.get(change(config.pk)).text
    assert "What is stored cannot be read with the configured keys." in page
    assert " required" in tag(page, "api_key")
    data = {**entries({"api_key": "next"}), "etag": config.etag}
    assert errors(admin_client.post(change(config.pk), data).text, "endpoint") == ["This field is required."]
    assert admin_client.post(change(config.pk), {**entries(AZURE), "etag": config.etag}).status_code == 302
    assert stored("azure").credentials == AZURE


def test_an_unreadable_row_can_be_switched_off(admin_client: Client) -> None:
    create("azure")
    config = break_row("azure")
    assert admin_client.post(change(config.pk), {"etag": config.etag}).status_code == 302
    assert stored("azure").enabled is False
    assert not stored("azure").readable


def test_a_deletion_is_confirmed_and_audited(admin_client: Client) -> None:
    config = create("azure")
    address = f"{CONFIGS}{config.pk}/delete/"
    assert "your-deployment" in admin_client.get(address).text
    assert admin_client.post(address, {"etag": config.etag}).status_code == 302
    assert not LLMProviderConfig.objects.exists()
    event = AuditEvent.objects.first()
    assert event
    assert (event.action, event.provider, event.actor, event.source) == ("delete", "azure", "admin", "admin")


def test_what_changed_meanwhile_is_not_deleted(admin_client: Client) -> None:
    config = create("azure")
    store.update("azure", author=AUTHOR, patch={"deployment_id": "green"})
    page = admin_client.post(f"{CONFIGS}{config.pk}/delete/", {"etag": config.etag}).text
    assert "Nothing was deleted." in page
    assert "green" in page
    assert stored("azure").version == 2


class Acme(BaseProvider):
    slug = "acme"
    label = "Acme AI"
    summary = "Models from Acme's own API."
    docs_url = "https://docs.acme.ai"
    keys_url = "https://console.acme.ai/api-keys"
    example = {"enabled": "your-acme-api-key", "host": "https://eu.acme.ai"}

    class Credentials(CredentialsSerializer):
        enabled = SecretField(label="Key", env="MISTRAL_API_KEY")  # the name of another field of the form
        host = EndpointField(label="Host", suffixes=[".acme.ai"])
        notes = PlainField(label="Notes", required=False, style={"base_template": "textarea.html"})


def test_an_eighth_provider_has_a_working_form(admin_client: Client) -> None:
    with registered(Acme):
        assert "Acme AI" in admin_client.get(reverse("admin:index")).text
        assert "https://console.acme.ai/api-keys" in admin_client.get(ADD).text
        assert errors(admin_client.post(add("acme"), {}).text, "enabled") == ["This field is required."]
        data = {**entries(Acme.example), "credentials.notes.file": upload(b"on-call")}
        assert admin_client.post(add("acme"), data).status_code == 302
        config = stored("acme")
        assert config.credentials == {**Acme.example, "notes": "on-call"}
        assert save(admin_client, config, notes="off-duty").status_code == 302
        assert stored("acme").credentials == {**Acme.example, "notes": "off-duty"}
        page = save(admin_client, stored("acme"), host="https://us.acme.ai").text
        assert errors(page, "enabled")[0].startswith("Send this secret again: host changes")
        assert "https://eu.acme.ai" in admin_client.get(CONFIGS).text
    assert admin_client.get(CONFIGS).status_code == 200


@each_provider
def test_a_secret_is_in_no_page_after_any_submission(admin_client: Client, provider: type[Provider]) -> None:
    credentials = canary_credentials(provider)
    valid = entries(credentials) | way_of(provider)
    broken = {name: f" {value}\x07 ***" if name.startswith("credentials.") else value for name, value in valid.items()}
    pages = [admin_client.post(add(provider.slug), broken).text]
    pages.append(admin_client.post(add(provider.slug), valid, follow=True).text)
    config = stored(provider.slug)
    pages.append(admin_client.post(add(provider.slug), valid).text)
    pages.append(admin_client.post(change(config.pk), {**valid, "etag": "stale"}).text)
    pages.append(admin_client.post(change(config.pk), {**broken, "etag": config.etag}).text)
    pages.append(admin_client.get(change(config.pk)).text)
    assert config.credentials == PROVIDERS.clean(provider.slug, credentials)
    assert found(canaries(provider, credentials), *pages) == []
