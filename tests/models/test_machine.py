import importlib
from types import ModuleType

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection

pytestmark = pytest.mark.django_db

GROUP = "LLM provider administrators"


def migration() -> ModuleType:
    return importlib.import_module("llm_providers.migrations.0008_machines")


def test_administrators_may_manage_machines() -> None:
    assert Group.objects.get(name=GROUP).permissions.filter(codename="manage_machine").exists()
    others = Group.objects.exclude(name=GROUP)
    assert not others.filter(permissions__codename="manage_machine").exists()


def test_a_group_that_was_renamed_is_given_nothing() -> None:
    group = Group.objects.get(name=GROUP)
    group.permissions.clear()
    Group.objects.filter(name=GROUP).update(name="Others")
    migration().give_to_administrators(apps, connection.schema_editor())
    assert not group.permissions.exists()
    assert not Group.objects.filter(name=GROUP).exists()
