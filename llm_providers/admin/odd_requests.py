"""Requests that no page of the admin makes are answered with a 400 before Django's views fail on them."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.admin.options import TO_FIELD_VAR
from django.core.exceptions import BadRequest
from django.core.paginator import InvalidPage
from django.db import DataError
from django.http import HttpRequest, HttpResponseBase, QueryDict

QUERY_LENGTH = 2048  # characters of all parameters together
SEARCH_LENGTH = 256  # characters; each word is a condition in SQL, and SQLite takes 1,000
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)  # what every database can hold
DATES = range(1900, 9999)  # years; at the ends of the calendar a date cannot be moved to UTC

SEARCHES = {"q", "s"}
NUMBERS = {"_selected_action", "groups", "permissions", "user_permissions"}
MOMENTS = ("__gte", "__lt")
PARTS = {"__year": DATES, "__month": range(1, 13), "__day": range(1, 32)}  # of a date hierarchy


class AdminRequests:
    """Middleware: for the admin's own pages only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if in_admin(request) and is_odd(request):
            raise BadRequest("The address or the form holds a value that it cannot have.")

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A page number that does not exist, or a value no column can hold; anything else is a bug of ours."""
        if in_admin(request) and isinstance(exception, InvalidPage | OverflowError | DataError):
            raise BadRequest("The address or the form holds a value that it cannot have.") from None


def in_admin(request: HttpRequest) -> bool:
    return request.resolver_match is not None and "admin" in request.resolver_match.app_names


def is_odd(request: HttpRequest) -> bool:
    if (request.encoding or "utf-8").lower() != "utf-8":  # others can spell what is no text
        return True
    if len(request.META.get("QUERY_STRING", "")) > QUERY_LENGTH or "\0" in request.path_info:
        return True
    asked = any(is_odd_parameter(name, value) for name, value in pairs(request.GET))
    return asked or any(is_odd_entry(name, value) for name, value in pairs(request.POST))


def is_odd_parameter(name: str, value: str) -> bool:
    if "\0" in name + value or (name == TO_FIELD_VAR and not value):
        return True
    if name in SEARCHES:
        return len(value) > SEARCH_LENGTH
    if name == "page":
        return not NUMBER.fullmatch(value)
    if part := next((part for part in PARTS if name.endswith(part)), None):
        return not NUMBER.fullmatch(value) or int(value) not in PARTS[part]
    return name.endswith(MOMENTS) and not is_moment(value)


def is_odd_entry(name: str, value: str) -> bool:
    return (name in NUMBERS and not NUMBER.fullmatch(value)) or (name == TO_FIELD_VAR and not value)


def is_moment(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return moment.tzinfo is not None and moment.year in DATES


def pairs(values: QueryDict) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, several in values.lists() for value in several]
