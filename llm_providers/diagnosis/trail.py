"""The trail: are the triggers that guard it there."""

from django.db import connection

from llm_providers.diagnosis.finding import Finding

GUARDS = {
    "sqlite": "SELECT count(*) = 3 FROM sqlite_master WHERE type = 'trigger' "
    "AND name LIKE 'llm_providers_append_only%'",
    "postgresql": "SELECT count(*) = 2 FROM pg_trigger WHERE tgrelid = 'llm_providers_auditevent'::regclass "
    "AND tgname LIKE 'llm_providers_append_only%' AND tgenabled IN ('O', 'A')",
}


def trail() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(GUARDS[connection.vendor])
        (guarded,) = cursor.fetchone()
    if guarded:
        return Finding.fine("trail", "The database refuses to change or delete an event.")
    message = "The database would change and delete events: a trigger was dropped or disabled."
    remedy = "Find out who altered the schema, and restore the triggers llm_providers_append_only from a backup of it."
    return Finding.fault("trail", message, remedy)
