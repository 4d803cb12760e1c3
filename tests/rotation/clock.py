"""A clock that a test moves: all of the service reads Django's."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now
