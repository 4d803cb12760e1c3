"""JSON as this service accepts it: one meaning, or a refusal.

Python's own reader is lenient where leniency loses keys: of two equal names the
last one wins in silence, ``NaN`` and ``1e400`` become floats no other reader
knows, and a lone surrogate or NUL is taken in and fails only at the database.
"""

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any, Never

MAX_DEPTH = 32


class NotStrictJSON(ValueError):
    """The text is not strict JSON. The message is a sentence that never quotes the text."""


def loads(text: str | bytes) -> Any:
    """Read UTF-8 JSON text and return its value; raise NotStrictJSON for anything ambiguous."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            raise NotStrictJSON("The text is not valid UTF-8.") from None
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except NotStrictJSON:
        raise
    except RecursionError:
        raise NotStrictJSON(f"The JSON is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError:
        # JSONDecodeError, and an integer of more digits than Python converts.
        raise NotStrictJSON("The text is not valid JSON.") from None
    _check(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrictJSON("A JSON object holds the same name twice.")
    return members


def _no_constant(_constant: str) -> Never:
    raise NotStrictJSON("NaN and Infinity are not JSON numbers.")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise NotStrictJSON("A number is too large.")
    return number


def _check(value: Any) -> None:
    """Walk level by level, so that the depth is counted and nothing recurses."""
    level: list[Any] = [value]
    for _depth in range(MAX_DEPTH + 1):
        for item in level:
            if isinstance(item, str):
                _check_string(item)
        containers = [item for item in level if isinstance(item, (dict, list))]
        if not containers:
            return
        level = list(_members(containers))
    raise NotStrictJSON(f"The JSON is nested deeper than {MAX_DEPTH} levels.")


def _members(containers: Iterable[Any]) -> Iterator[Any]:
    for container in containers:
        yield from container
        if isinstance(container, dict):
            yield from container.values()


def _check_string(string: str) -> None:
    if "\0" in string:
        raise NotStrictJSON("A string holds a NUL character.")
    if any("\ud800" <= character <= "\udfff" for character in string):
        raise NotStrictJSON("A string holds half of a surrogate pair.")
