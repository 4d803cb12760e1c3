"""The environment variables that a field is written to and read from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

ON = ("true", "1")  # as google-genai reads its switches


@dataclass(frozen=True)
class Variable:
    """An environment variable that holds a field's value, or what can be told from it.

    ``{}`` stands for the same host label in ``value``, the field's, and in ``text``, the variable's.
    A text in ``neutral`` says that the field is absent. Some names are read by two providers:
    this one's only ``when`` a switch is on, or ``unless`` it is.
    """

    name: str
    value: str = "{}"
    text: str = "{}"
    neutral: tuple[str, ...] = ()
    when: str = ""
    unless: str = ""

    @property
    def derived(self) -> bool:
        return self.value != self.text

    def write(self, value: str) -> str | None:
        """The variable's text; None when this value has none."""
        return _refill(value, self.value, self.text) if self.derived else value

    def read(self, environment: Mapping[str, str]) -> str | None:
        """The field's value; None when the variable is empty, unset, or not this provider's.

        A text of another shape is the value as it stands, for the field's rules to refuse: a base
        URL that was in force and is left out would send the key elsewhere.
        """
        text = environment.get(self.name, "").strip()
        if not text or text.rstrip("/") in self.neutral:
            return None
        if (self.when and not _is_on(environment, self.when)) or (self.unless and _is_on(environment, self.unless)):
            return None
        return _refill(text.rstrip("/"), self.text, self.value) or text if self.derived else text


def _is_on(environment: Mapping[str, str], switch: str) -> bool:
    return environment.get(switch, "").strip().lower() in ON


def _refill(text: str, shape: str, other: str) -> str | None:
    """The text again in the other shape; None when it is not of the first."""
    before, after = map(re.escape, shape.split("{}"))
    found = re.fullmatch(f"{before}([A-Za-z0-9-]+){after}", text)
    return other.replace("{}", found[1]) if found else None
