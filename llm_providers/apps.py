from django.apps import AppConfig
from django.contrib.admin import apps as admin


class LLMProvidersConfig(AppConfig):
    default = True
    name = "llm_providers"
    verbose_name = "LLM providers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They register themselves, once models are there. The OpenAPI document's are loaded by its hooks.
        from llm_providers.access import checks  # noqa: F401, PLC0415


class AdminConfig(admin.AdminConfig):
    default = False  # the one of this package is above
    default_site = "llm_providers.admin_site.Site"
