"""The trail."""

from llm_providers.api.audit_events import AuditQuerySerializer
from llm_providers.api.schema.credentials import ref
from llm_providers.api.schema.operation import AUDIT_EVENTS, Operation
from llm_providers.api.schema.parameters import query_parameters

OPERATIONS = {
    "GET /v1/audit-events": Operation(
        name="listAuditEvents",
        summary="List who changed what, newest first",
        tag=AUDIT_EVENTS,
        answer="AuditEventPage",
        parameters=query_parameters(
            AuditQuerySerializer(), action={**ref("AuditActionFilter"), "description": "Only events of this kind"}
        ),
        description="`next` of a page, sent as `cursor`, continues behind it; it is null on the last page.",
    ),
}
