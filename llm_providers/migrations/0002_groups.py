from typing import Any

from django.db import migrations

GROUPS = {
    "LLM provider administrators": [
        "add_llmproviderconfig",
        "change_llmproviderconfig",
        "delete_llmproviderconfig",
        "view_llmproviderconfig",
        "verify_llmproviderconfig",
        "view_auditevent",
    ],
    "LLM provider viewers": ["view_llmproviderconfig"],
    "LLM provider consumers": ["use_llmproviderconfig"],
    "LLM provider auditors": ["view_llmproviderconfig", "view_auditevent"],
}


def create_groups(apps: Any, _schema_editor: Any) -> None:
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    groups = apps.get_model("auth", "Group").objects
    for group_name, codenames in GROUPS.items():
        group, _created = groups.get_or_create(name=group_name)
        for codename in codenames:
            # Django creates permissions only after all migrations; it finds and keeps these.
            action, model = codename.split("_")
            content_type, _created = content_types.get_or_create(
                app_label="llm_providers", model=model
            )
            permission, _created = permissions.get_or_create(
                content_type=content_type,
                codename=codename,
                defaults={"name": label(action, model)},
            )
            group.permissions.add(permission)


def label(action: str, model: str) -> str:
    noun = {"llmproviderconfig": "LLM provider configuration", "auditevent": "audit event"}[model]
    if action == "use":
        return f"Can use the credentials of {noun}"
    return f"Can {action} {noun}"


class Migration(migrations.Migration):
    dependencies = [
        ("llm_providers", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(create_groups, migrations.RunPython.noop)]
