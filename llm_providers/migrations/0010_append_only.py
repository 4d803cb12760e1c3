"""The database itself refuses to change or delete an audit event, whatever asks.

Creating the triggers reads no row, so the size of the trail does not matter.

On SQLite, Django makes a table anew for most changes of a column, and triggers go with the old one: a later migration
that alters the audit event has to give it these again, by ``append_only`` and ``changeable`` below.
"""

from typing import Any

from django.db import migrations

SENTENCE = (
    "Audit events are neither changed nor deleted. Remove old ones with: "
    "python manage.py prune_audit_events --before DATE"
)

# Nothing of the last 30 days goes, whoever opens the door. What opens it is
# set_config('llm_providers.prune_before', ..., true), which ends with its transaction.
POSTGRESQL = f"""
CREATE FUNCTION llm_providers_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.created_at < nullif(current_setting('llm_providers.prune_before', true), '')::timestamptz
            AND OLD.created_at < now() - interval '30 days'
        THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = '23000';
END
$$;
CREATE TRIGGER llm_providers_append_only BEFORE UPDATE OR DELETE ON llm_providers_auditevent
FOR EACH ROW EXECUTE FUNCTION llm_providers_append_only();
CREATE TRIGGER llm_providers_append_only_whole BEFORE TRUNCATE ON llm_providers_auditevent
FOR EACH STATEMENT EXECUTE FUNCTION llm_providers_append_only();
"""

POSTGRESQL_UNDO = """
DROP TRIGGER IF EXISTS llm_providers_append_only ON llm_providers_auditevent;
DROP TRIGGER IF EXISTS llm_providers_append_only_whole ON llm_providers_auditevent;
DROP FUNCTION llm_providers_append_only();
"""

# Here a row of llm_providers_pruning opens the door. It points at a row that there cannot be, and that is looked at when
# a transaction ends: so the row that opens is deleted by then, or all that was done is undone.
SQLITE = [
    """
CREATE TABLE llm_providers_pruning (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    before datetime NOT NULL,
    nobody integer NOT NULL DEFAULT 0 CHECK (nobody = 0)
        REFERENCES llm_providers_pruning (id) DEFERRABLE INITIALLY DEFERRED
)
""",
    *(
        "\n".join([trigger, f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"])
        for trigger in (
            "CREATE TRIGGER llm_providers_append_only_update BEFORE UPDATE ON llm_providers_auditevent",
            """
CREATE TRIGGER llm_providers_append_only_delete BEFORE DELETE ON llm_providers_auditevent
WHEN NOT EXISTS (SELECT 1 FROM llm_providers_pruning WHERE OLD.created_at < before)
    OR OLD.created_at >= datetime('now', '-30 days')
""",
            # INSERT OR REPLACE deletes without asking the trigger above.
            """
CREATE TRIGGER llm_providers_append_only_insert BEFORE INSERT ON llm_providers_auditevent
WHEN EXISTS (SELECT 1 FROM llm_providers_auditevent WHERE id = NEW.id)
""",
        )
    ),
]

SQLITE_UNDO = [
    *(f"DROP TRIGGER IF EXISTS llm_providers_append_only_{event}" for event in ("update", "delete", "insert")),
    "DROP TABLE llm_providers_pruning",
]


def append_only(_apps: Any, schema_editor: Any) -> None:
    for statement in {"postgresql": [POSTGRESQL], "sqlite": SQLITE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def changeable(_apps: Any, schema_editor: Any) -> None:
    for statement in {"postgresql": [POSTGRESQL_UNDO], "sqlite": SQLITE_UNDO}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('llm_providers', '0009_rotation'),
    ]

    operations = [
        migrations.RunPython(append_only, changeable),
    ]
