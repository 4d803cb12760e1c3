from datetime import datetime
from typing import Any, NamedTuple, Self


class Verification(NamedTuple):
    """What came of asking a provider about credentials."""

    outcome: str
    message: str
    field: str | None
    checked_at: datetime
    current: bool  # False as soon as the credentials have changed since

    @classmethod
    def kept(cls, row: dict[str, Any], version: int) -> Self:
        """As it was kept with its configuration, of which this is the version of the credentials now."""
        checked_at = datetime.fromisoformat(row["checked_at"])
        return cls(row["outcome"], row["message"], row["field"], checked_at, row["version"] == version)

    def to_keep(self, version: int) -> dict[str, Any]:
        """A JSON object, with the version of the credentials that were verified."""
        return {
            "outcome": self.outcome,
            "message": self.message,
            "field": self.field,
            "checked_at": self.checked_at.isoformat(),
            "version": version,
        }
