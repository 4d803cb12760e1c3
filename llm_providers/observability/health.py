"""For whoever watches the process: is it alive, and can it do its work."""

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from llm_providers import rotation
from llm_providers.models import LLMProviderConfig
from llm_providers.sealing import CredentialsUnreadable


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers. The database is not asked."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """503 with the reason when the database is away, not migrated, or holds what no key opens."""
    reason = why_not_ready()
    if reason:
        return JsonResponse({"status": "unavailable", "reason": reason}, status=503)
    return JsonResponse({"status": "ok"})


def why_not_ready() -> str | None:
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "Migrations are not applied."
        configs = list(LLMProviderConfig.objects.all())
        for config in configs:
            config.masked_credentials()
            _ = config.previous and config.previous_credentials
        rotation.warn(configs)
    except Error:
        return "The database cannot be reached."
    except CredentialsUnreadable:
        return "The configured FERNET_KEYS cannot decrypt what is stored."
    return None
