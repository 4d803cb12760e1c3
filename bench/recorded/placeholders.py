"""What differs between two runs of the same commit, and what stands in its place."""

import re

MONTHS = "Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec"
CLOCK = r"(?:noon|midnight|\d{1,2}(?::\d\d)? [ap]\.m\.)"
YEAR = r"20(?:2[5-9]|[3-9]\d)"  # those of the requests themselves are older
DATE = rf"{YEAR}-[01]\d-[0-3]\d"
TIME = r"[0-2]\d(?::|%3A)[0-5]\d(?:(?::|%3A)[0-5]\d)?(?:\.\d{1,6})?"
# In this order: what holds another comes before it.
DIFFERENT = {
    "token": r"eyJ[\w-]+\.[\w-]+\.[\w-]+",
    "csrf token": r'(?<=name="csrfmiddlewaretoken" value=")\w{64}',
    "cookie": r"(?<=csrftoken=)\w{32}|(?<=sessionid=)\w{32}",
    "signature": r"(?<=:)\w{6}:[\w-]{43}(?![\w-])",  # with its moment, as Django signs a cookie
    "nonce": r"(?<='nonce-)[\w+/=-]+|(?<= nonce=\")[\w+/=-]+",
    "http date": r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d GMT",
    "file state": r'(?<=")[0-9a-f]{8}-[0-9a-f]+(?=")',  # the entity tag of a static file
    "cursor": r'(?<="next":")[\w-]{22}(?=")|(?<=cursor=)[\w-]{22}(?![\w-])',
    "request id": r"(?<!\w)[0-9a-f]{32}(?!\w)",
    "moment": rf"{DATE}(?:T|\+|%20| ){TIME}(?:Z|(?:\+|%2B|-)00(?::|%3A)?00)?"
    rf"|(?:{MONTHS})\.? \d{{1,2}}, {YEAR}(?:, {CLOCK})?",
    "date": rf"(?<!\d){DATE}(?!\d)",
    "time": r"(?<![\dT:])[0-2]\d:[0-5]\d(?::[0-5]\d)?(?![\d:])",
    "salt": r"(?<=salt</strong>: <bdi>)[^<]+|(?<=hash</strong>: <bdi>)[^<]+",
    "wait": r"(?<=available in )\d+(?= second)",
}
# Of a minute or a second there may be one more or less in an answer; of the others, the same one has the same number.
ALIKE = ("moment", "date", "time", "http date", "wait")
PATTERN = re.compile("|".join(f"(?P<{name.replace(' ', '_')}>{text})" for name, text in DIFFERENT.items()))


class Placeholders:
    """Replaces in the texts of one answer; equal values become equal placeholders."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, int]] = {}

    def __call__(self, text: str) -> str:
        return PATTERN.sub(self._replace, text)

    def _replace(self, match: re.Match[str]) -> str:
        name = str(match.lastgroup).replace("_", " ")
        if name in ALIKE:
            return f"<{name}>"
        numbers = self.seen.setdefault(name, {})
        return f"<{name} {numbers.setdefault(match[0], len(numbers) + 1)}>"


def headers(pairs: list[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    """The headers in one order; what differs by nature in those that hold no placeholder is described."""
    return sorted((name, described(name, value, body)) for name, value in pairs)


def described(name: str, value: str, body: bytes) -> str:
    if name == "Content-Length" and value == str(len(body)):
        return "that of the body"
    if name == "Retry-After" and 850 <= int(value) <= 900:
        return "the time of a lock-out"
    return value
