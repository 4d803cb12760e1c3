"""A configuration that was deleted leaves its key to nobody, also when its table is made anew by an upgrade."""

from datetime import timedelta

import pytest
from django.db import connection, models
from django.utils import timezone

from llm_providers import rotation
from llm_providers.models import Consumer, LLMProviderConfig
from tests.factories import stored

pytestmark = pytest.mark.django_db(transaction=True)


def alter_the_table() -> None:
    """As a migration does, for which SQLite makes the table anew; and back."""
    field = LLMProviderConfig._meta.get_field("owner")
    longer = models.CharField(max_length=151, blank=True)
    longer.set_attributes_from_name("owner")
    longer.model = LLMProviderConfig
    for before, after in ((field, longer), (longer, field)):
        with connection.schema_editor() as editor:
            editor.alter_field(LLMProviderConfig, before, after)


def test_no_entity_tag_is_given_again_after_an_upgrade() -> None:
    first = stored("openai", {"api_key": "sk-1"})
    Consumer.objects.create(
        provider="openai",
        kind=Consumer.Kind.USER,
        name="billing",
        configuration=first.pk,
        version=1,
        last_seen_at=timezone.now() - timedelta(days=1),
    )
    etag = first.etag
    first.delete()
    alter_the_table()
    assert stored("openai", {"api_key": "sk-2"}).etag != etag
    assert rotation.find("openai").safe_to_revoke is False
