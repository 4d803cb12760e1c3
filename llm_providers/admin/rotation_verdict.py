"""Whether the old key may be revoked, in sentences."""

from dataclasses import dataclass
from typing import Literal

from llm_providers.rotation import Holding, Rotation

NAMES = 3  # of consumers, in a sentence


@dataclass(frozen=True)
class Verdict:
    """``kind`` is how it looks, ``advice`` what to do about it."""

    kind: Literal["good", "warn", "none"]
    sentence: str
    advice: str = ""


def verdict(known: Rotation, held: str, old: str, *, under_way: bool) -> Verdict:
    """``held`` names what consumers are to hold, ``old`` the key that may be revoked then."""
    consumers = known.consumers
    behind = [each for each in consumers if not each.current]
    if not consumers:
        return Verdict(
            "none",
            "Nothing is known: nobody fetched these credentials in the last 30 days.",
            f"Find out for yourself who uses the {old} before you revoke it.",
        )
    if behind:
        verb = "does" if len(behind) == 1 else "do"
        return Verdict(
            "warn",
            f"The {old} must not be revoked yet: {len(behind)} of {counted(len(consumers))} {verb} not hold {held}:"
            f" {some(behind)}.",
            f"Not yet: whoever holds the {old} would fail.",
        )
    who = "the only consumer holds" if len(consumers) == 1 else f"all {counted(len(consumers))} hold"
    if not under_way:
        return Verdict("good", f"{who[0].upper()}{who[1:]} {held}.")
    return Verdict("good", f"The {old} may be revoked: {who} {held}.", "No consumer holds it any more.")


def some(consumers: list[Holding]) -> str:
    """The first of them by name, and how many more there are."""
    names = [f"{each.consumer} ({each.instance})" if each.instance else each.consumer for each in consumers[:NAMES]]
    more = f" and {len(consumers) - NAMES} more" if len(consumers) > NAMES else ""
    return ", ".join(names) + more


def counted(number: int) -> str:
    return f"{number} consumer{'' if number == 1 else 's'}"
