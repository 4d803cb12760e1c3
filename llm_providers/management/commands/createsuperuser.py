from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from llm_providers.management.told_users import told_users


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        with told_users():
            return super().handle(*args, **options)
