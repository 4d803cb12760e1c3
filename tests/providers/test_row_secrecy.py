"""A stored row shows no secret of any provider, however it is looked at or carried away."""

import copy
import io
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.core import serializers
from django.core.management import call_command
from django.forms.models import model_to_dict

from llm_providers.models import LLMProviderConfig
from tests.factories import found

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        lambda config: repr(vars(config)),
        lambda config: repr(model_to_dict(config)),
        lambda config: repr([config.serializable_value(field.name) for field in config._meta.concrete_fields]),
        lambda config: repr(LLMProviderConfig.objects.values().get()),
        pickle.dumps,
        lambda config: pickle.dumps(LLMProviderConfig.objects.get()),
        lambda config: repr(vars(copy.deepcopy(config))),
        lambda config: serializers.serialize("json", [config]),
        lambda config: serializers.serialize("jsonl", [config]),
        lambda config: serializers.serialize("xml", [config]),
        lambda config: repr(serializers.serialize("python", [config])),
    ],
)
def test_a_row_shows_no_secret(
    secrets: list[str], config: LLMProviderConfig, show: Callable[[LLMProviderConfig], str | bytes]
) -> None:
    assert found(secrets, show(config)) == []


def test_a_row_whose_credentials_were_read_shows_no_secret(secrets: list[str], config: LLMProviderConfig) -> None:
    assert found(secrets, json.dumps(config.credentials)) == secrets
    assert found(secrets, repr(vars(config)), pickle.dumps(config)) == []


def test_a_dump_holds_no_secret(secrets: list[str], config: LLMProviderConfig) -> None:
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump)
    assert config.provider in dump.getvalue()
    assert found(secrets, dump.getvalue()) == []


def test_the_canaries_are_found_where_they_are(credentials: dict[str, Any], secrets: list[str]) -> None:
    assert secrets
    assert found(secrets, json.dumps(credentials)) == secrets
    assert found(secrets, pickle.dumps(credentials)) == secrets
