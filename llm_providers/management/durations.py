import re
from datetime import timedelta

from django.core.management.base import CommandError

SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


def parse_duration(text: str, what: str, longest: timedelta, examples: str) -> timedelta:
    """Read 90s, 30m, 12h or 7d; raises CommandError for anything else and for more than the longest, in whole days."""
    match = re.fullmatch(r"([1-9][0-9]{0,8})([smhd])", text)
    duration = timedelta(seconds=int(match[1]) * SECONDS[match[2]]) if match else None
    if duration is None or duration > longest:
        raise CommandError(
            f"{what} must be a number and s, m, h or d, at most {longest.days}d: for example {examples}."
        )
    return duration
