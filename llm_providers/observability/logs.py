"""Log records without what was sent: a path or an exception's text may hold a pasted key."""

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

NOTHING = "-"  # in a line of text; null in JSON


class DiscreetFilter(logging.Filter):
    """Keeps of an exception its type and frames, and of Django's request log the status."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0]:
            error_type, _error, frames = record.exc_info
            record.exc_text = "".join(traceback.format_tb(frames)) + error_type.__qualname__
            record.exc_info = None
        if record.name == "django.request" and isinstance(record.args, tuple):
            record.msg, record.args = "%s", record.args[:1]  # "reason: path"
        return True


class JSONFormatter(logging.Formatter):
    """One JSON object a line.

    It has what is named here, and what the message is made of where that has names. Whatever else hangs on a record
    may hold what was sent, as the request does that Django's records bring along.
    """

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", None),
            "message": record.getMessage(),
        }
        if isinstance(record.args, Mapping):
            told |= record.args
        if record.exc_text or record.exc_info:
            told["exception"] = record.exc_text or self.formatException(record.exc_info or (None, None, None))
        told = {name: None if value == NOTHING else value for name, value in told.items()}
        return json.dumps(told, default=lambda value: type(value).__name__)
