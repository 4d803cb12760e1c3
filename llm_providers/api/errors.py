"""Every error of the API as one body: ``{"error": {"code", "message"[, "details"]}}``.

The only place where exceptions become HTTP. Messages are our own sentences (an exception of
ours carries its own as ``sentence``): a library's may repeat what was sent.
"""

import logging
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse, UnreadablePostError
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from llm_providers.machines import GivesMoreThanHeld, MachineExists, NoSuchKey, NoSuchMachine, TooManyKeys
from llm_providers.providers import PROVIDERS, UnknownProvider
from llm_providers.rotation import NothingToRetire, NothingToUndo
from llm_providers.sealing import CredentialsUnreadable
from llm_providers.store import AlreadyConfigured, ChangedMeanwhile, NotConfigured
from llm_providers.vault import ProviderDisabled
from llm_providers.verification.outcomes import Verdict
from llm_providers.verification.stored import ChangedWhileVerifying, NoModels, NotVerified
from llm_providers.web import header_bounds, request_id

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5

CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "VERIFICATION_FAILED",
    429: "TOO_MANY_REQUESTS",
    431: "HEADERS_TOO_LARGE",
    500: "INTERNAL_ERROR",
    502: "PROVIDER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}
MESSAGES = {
    400: "The request cannot be read. Check its syntax and headers.",
    401: "Send a valid access token: Authorization: Bearer <access token>.",
    403: "Your account is not permitted to do this. Ask an administrator for the permission.",
    404: "There is nothing at this path.",
    405: "This path does not take this method. The Allow header names those it takes.",
    406: "Only application/json can be answered. Send Accept: application/json.",
    413: "The body is larger than 64 KiB.",
    415: "Send the body as application/json.",
    429: "Too many failed attempts. Wait as long as the Retry-After header says.",
    431: header_bounds.REFUSAL,
    503: "The database is busy or away; nothing was changed. Try again.",
}


@dataclass
class Problem:
    """One error answer."""

    status: int
    message: str = ""
    code: str = ""
    details: dict[str, list[str]] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {
            "code": self.code or CODES.get(self.status, CODES[400]),
            "message": self.message or MESSAGES.get(self.status, MESSAGES[400]),
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def as_json_response(self) -> JsonResponse:
        return JsonResponse(self.body(), status=self.status, headers=self.headers)


def exception_handler(error: Exception, _context: dict[str, Any]) -> Response:
    """Answer for an exception a view raised. Nothing that it left half done is kept."""
    set_rollback()
    problem = describe(error)
    response = Response(problem.body(), status=problem.status, headers=problem.headers)
    # Django logs every 5xx as an error. That a provider fails is none of ours; the access log tells of it.
    response._has_been_logged = problem.status == status.HTTP_502_BAD_GATEWAY  # type: ignore[attr-defined]
    return response


def describe(error: Exception) -> Problem:  # noqa: C901, PLR0911, PLR0912  (a table: one row a kind)
    """The answer an exception deserves."""
    match error:
        case AlreadyConfigured():
            return Problem(409, str(error))
        case NotConfigured():
            return Problem(404, str(error))
        case NoSuchMachine() | NoSuchKey():
            return Problem(404, str(error))
        case MachineExists() | TooManyKeys():
            return Problem(409, str(error))
        case GivesMoreThanHeld():
            return Problem(403, str(error))
        case ProviderDisabled():
            return Problem(409, str(error), "PROVIDER_DISABLED")
        case NothingToUndo():
            return Problem(409, str(error), "NOTHING_TO_UNDO")
        case NothingToRetire():
            return Problem(409, str(error), "NOTHING_TO_RETIRE")
        case ChangedMeanwhile():
            return Problem(412, str(error))
        case ChangedWhileVerifying():
            return Problem(409, str(error))
        case NotVerified(verdict=verdict):
            return Problem(422, str(error), details=outcome_of(verdict))
        case NoModels(verdict=verdict):
            return Problem(502, str(error), details=outcome_of(verdict))
        case CredentialsUnreadable():
            return Problem(503, str(error), "CREDENTIALS_UNREADABLE")
        case exceptions.ValidationError():
            message = "Some fields are invalid. See details."
            return Problem(400, message, details=flatten(error.detail))
        case RequestDataTooBig():
            return Problem(413)
        case UnreadablePostError() | SuspiciousOperation():
            return Problem(400)
        case UnknownProvider():
            return Problem(404, f"There is no such provider. Choose one of: {', '.join(PROVIDERS.slugs())}.")
        case Http404():
            return Problem(404)
        case PermissionDenied():
            return Problem(403)
        case exceptions.APIException() if error.status_code in MESSAGES:
            return Problem(error.status_code, getattr(error, "sentence", ""), headers=_headers(error))
        case OperationalError() | InterfaceError():
            logger.warning("The database did not answer: %s", type(error).__name__)
            return Problem(503, headers={"Retry-After": str(RETRY_SECONDS)})
        case _:
            logger.error("Unhandled exception", exc_info=error)
            return internal_error()


def outcome_of(verdict: Verdict) -> dict[str, list[str]]:
    """Which outcome it was, and beside the credential that is to blame why."""
    blamed = {f"credentials.{verdict.field}": [verdict.message]} if verdict.field else {}
    return {"outcome": [verdict.outcome.value]} | blamed


def internal_error() -> Problem:
    return Problem(500, f"Something went wrong on our side. Request id: {request_id.current()}")


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    return headers


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested validation errors as dotted paths to lists of sentences."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for name, inner in detail.items():
            whole = name == api_settings.NON_FIELD_ERRORS_KEY
            inner_path = path if whole else f"{path}.{name}".lstrip(".")
            for key, sentences in flatten(inner, inner_path).items():
                flat.setdefault(key, []).extend(sentences)
        return flat
    return {path or "body": [str(sentence) for sentence in detail]}
