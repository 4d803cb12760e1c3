"""Log records without what was sent: a path or an exception's text may hold a pasted key."""

import logging
import traceback


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
