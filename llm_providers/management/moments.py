from datetime import UTC, datetime

from django.core.management.base import CommandError


def moment(option: str, text: str) -> datetime:
    """Read 2026-01-31, which is its beginning in UTC, or 2026-01-31T08:00:00Z; raises CommandError."""
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else on_a_day(text)
    except (ValueError, OverflowError):
        raise CommandError(
            f"{option} takes a day, as in 2026-01-31, or a moment with its zone, as in 2026-01-31T08:00:00Z."
        ) from None


def on_a_day(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
