"""Django's own, told in the trail: our place among INSTALLED_APPS is before its."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from llm_providers.management.recorded_users import users_recorded


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        with users_recorded():
            return super().handle(*args, **options)
