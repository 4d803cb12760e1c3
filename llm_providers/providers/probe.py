"""What is asked of a provider, and how an answer reads. Pure: `verification` does the asking and the signing.

A probe is a generator: it yields a `Question`, is sent the `Answer`, and returns a `Finding`. A listing does
the same and returns models, or the `Finding` that stood in its way.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto
from typing import Any, TypeGuard
from urllib.parse import quote

BODY_LIMIT = 256 * 1024  # bytes
LIST_LIMIT = 4 * 1024 * 1024  # bytes, for a list of models
PAGE_LIMIT = 20  # pages of one list of models
MODEL_LIMIT = 5_000  # models of one list
NAME_LIMIT = 256  # characters of a model's id or name


@dataclass(frozen=True)
class AWSSignature:
    """Signature version 4 for one service of one region."""

    service: str
    region: str
    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class GoogleAssertion:
    """RFC 7523: the body is an assertion signed with the key of a service account."""

    service_account: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Question:
    """One HTTPS request. Secrets belong into ``headers`` and ``body``, which ``repr`` leaves out.

    ``origin`` is the name under which an operator may set another origin for it: a provider's slug,
    ``google-token``, ``aws-sts`` or ``azure-login``. ``again`` marks a repetition, before which is waited.
    """

    method: str
    url: str
    origin: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    limit: int = BODY_LIMIT
    signature: AWSSignature | GoogleAssertion | None = None
    again: bool = False


class Kind(StrEnum):
    """How far a question came. Those up to ``NOT_JSON`` have a status and headers."""

    JSON = "json"
    REDIRECT = "redirect"  # not followed
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    UNRESOLVABLE = "unresolvable"  # DNS says that there is no such host
    REFUSED = "refused"  # the address, or the question itself, is one that may not be asked
    UNREACHABLE = "unreachable"  # DNS, TCP, TLS or HTTP failed, or the time was over
    UNSIGNABLE = "unsignable"  # the private key cannot make the signature that is asked for


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are in lower case; ``repr`` shows nothing the provider wrote."""

    kind: Kind
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)

    def at(self, *path: str | int) -> Any:
        """The value at this place of the JSON, or None where it has another shape."""
        value = self.json
        for step in path:
            try:
                value = value[step]
            except (LookupError, TypeError):
                return None
        return value

    def text(self, *path: str | int) -> str:
        """The string at this place, or an empty one."""
        value = self.at(*path)
        return value if isinstance(value, str) else ""

    def rows(self, *path: str | int) -> list[Any] | None:
        """The list at this place, or None."""
        value = self.at(*path)
        return value if isinstance(value, list) else None


class Reading(StrEnum):
    """How an answer reads; `verification.outcomes` says what that means and what to do."""

    ACCEPTED = auto()
    DEPLOYMENT_NOT_CHECKED = auto()
    REFUSED_KEY = auto()
    KEY_OR_ENDPOINT = auto()
    KEY_GONE = auto()
    KEY_LEAKED = auto()
    WRONG_SECRET = auto()
    WRONG_SIGNATURE = auto()
    UNKNOWN_ACCOUNT = auto()
    UNUSABLE_KEY = auto()
    SECRET_EXPIRED = auto()
    MISSING_SCOPES = auto()
    ADDRESS_NOT_ALLOWED = auto()
    COUNTRY_NOT_SUPPORTED = auto()
    NOT_PERMITTED = auto()
    API_OFF_FOR_KEY = auto()
    ACCOUNT_ON_HOLD = auto()
    BILLING = auto()
    NETWORK_CLOSED = auto()
    KEYS_NOT_ALLOWED = auto()
    KEY_DISABLED = auto()
    ACCOUNT_NOT_SET_UP = auto()
    RATE_LIMITED = auto()
    OTHER_REGION = auto()
    OTHER_RESIDENCY = auto()
    NO_RESIDENCY = auto()
    WRONG_ORGANIZATION = auto()
    NO_SUCH_LOCATION = auto()
    SERVICE_DISABLED = auto()
    NO_SUCH_DEPLOYMENT = auto()
    NO_SUCH_HOST = auto()
    NO_SUCH_REGION = auto()
    REGION_OFF = auto()
    NO_SUCH_TENANT = auto()
    NO_SUCH_CLIENT = auto()
    UNREACHABLE = auto()
    PROVIDER_DOWN = auto()
    CLOCK = auto()
    SESSION_EXPIRED = auto()
    DOUBTFUL_KEY = auto()
    NO_PROBE = auto()
    UNEXPECTED = auto()


@dataclass(frozen=True)
class Finding:
    """``field`` names the credential to blame; ``detail`` is out of a fixed set of ours, such as a region."""

    reading: Reading
    field: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Model:
    """One model of a list; ``name`` is for people, empty when the provider gives none."""

    id: str
    name: str = ""


Probe = Generator[Question, Answer, Finding]
Listing = Generator[Question, Answer, list[Model] | Finding]
Credentials = Mapping[str, Any]

FAILURES = {
    Kind.UNREACHABLE: Finding(Reading.UNREACHABLE),
    Kind.REFUSED: Finding(Reading.UNREACHABLE),
    Kind.UNRESOLVABLE: Finding(Reading.UNREACHABLE),
    Kind.REDIRECT: Finding(Reading.UNEXPECTED),
    Kind.TOO_LARGE: Finding(Reading.UNEXPECTED),
}
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = 500


def failure(answer: Answer, **special: Finding) -> Finding | None:
    """What an answer says whoever gives it; ``special`` are findings of this provider's, by kind."""
    if answer.kind.value in special:
        return special[answer.kind.value]
    if answer.kind in FAILURES:
        return FAILURES[answer.kind]
    if answer.status == TOO_MANY_REQUESTS:
        return Finding(Reading.RATE_LIMITED)
    if answer.status is None or answer.status >= SERVER_ERRORS:
        return Finding(Reading.PROVIDER_DOWN)
    return None


def models(rows: Sequence[Any], identify: Callable[[Any], tuple[Any, Any]]) -> list[Model]:
    """The models of a list, in its order; rows of another shape, and what is too long for a name, are left out."""
    found = []
    for row in rows:
        model_id, name = identify(row) if isinstance(row, dict) else (None, None)
        if _is_name(model_id):
            found.append(Model(model_id, name if _is_name(name) else ""))
    return found[:MODEL_LIMIT]


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= NAME_LIMIT and value.isprintable()


def listed(
    first: Question,
    read: Callable[[Answer], Finding],
    rows: Callable[[Answer], list[Model]],
    following: Callable[[Answer], str] = lambda _answer: "",
    key: str = "",
) -> Listing:
    """All pages of a list, as far as the limits go.

    ``following`` finds the token of the next one, ``key`` is the parameter it is asked by.
    """
    found: list[Model] = []
    question = first
    for _page in range(PAGE_LIMIT):
        answer = yield replace(question, limit=LIST_LIMIT)
        finding = read(answer)
        if finding.reading is not Reading.ACCEPTED:
            return finding
        found += rows(answer)
        token = following(answer)
        if (
            len(found) >= MODEL_LIMIT or not token.isprintable() or not token
        ):  # half a surrogate pair, which JSON may hold, goes into no URL
            break
        question = replace(first, url=with_parameter(first.url, key, token))
    return found[:MODEL_LIMIT]


def with_parameter(url: str, key: str, value: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{key}={quote(value, safe='')}"
