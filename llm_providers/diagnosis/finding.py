from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    FINE = "fine"
    WARNING = "warning"  # it works, and deserves a look
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``remedy`` says what to do when it is not fine. It holds no secret."""

    state: State
    subject: str
    message: str
    remedy: str = ""

    @classmethod
    def fine(cls, subject: str, message: str) -> "Finding":
        return cls(State.FINE, subject, message)

    @classmethod
    def warning(cls, subject: str, message: str, remedy: str) -> "Finding":
        return cls(State.WARNING, subject, message, remedy)

    @classmethod
    def fault(cls, subject: str, message: str, remedy: str) -> "Finding":
        return cls(State.FAULT, subject, message, remedy)
