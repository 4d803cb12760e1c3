"""Audit events as CSV, for a spreadsheet: the names that the API has, one event a line."""

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

from llm_providers.models import AuditEvent

LIMIT = 100_000  # events
COLUMNS = ("created_at", "actor", "action", "provider", "fields", "source", "request_id", "address")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute such a cell


class Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def response(events: Iterable[AuditEvent]) -> StreamingHttpResponse:
    """Row by row, as they come from the database; the newest LIMIT of them."""
    return StreamingHttpResponse(
        lines(events),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit-events.csv"'},
    )


def lines(events: Iterable[AuditEvent]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for event in events:
        cells = (
            event.created_at.isoformat(),
            event.actor,
            event.action,
            event.provider or "",
            ", ".join(map(str, event.fields)),
            event.source,
            event.request_id,
            event.address or "",
        )
        yield writer.writerow([harmless(cell) for cell in cells])


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
