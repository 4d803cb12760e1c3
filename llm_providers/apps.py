from django.apps import AppConfig
from django.contrib.admin import apps as admin


class LLMProvidersConfig(AppConfig):
    default = True
    name = "llm_providers"
    verbose_name = "LLM providers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from llm_providers.api import schema  # noqa: F401, PLC0415  (registers its extensions, once models are there)


class AdminConfig(admin.AdminConfig):
    default = False  # the one of this package is above
    default_site = "llm_providers.admin_site.Site"
