from django.http import HttpRequest
from rest_framework.request import Request

from llm_providers.audit import Author
from llm_providers.models import AuditEvent
from llm_providers.web import request_id
from llm_providers.web.client_address import client_address


def author_of(request: HttpRequest | Request, name: str | None = None) -> Author:
    """Who makes this request, and by which door: its user, or ``name`` where nobody is logged in yet."""
    match = request.resolver_match
    in_admin = match is not None and "admin" in match.app_names
    source = AuditEvent.Source.ADMIN if in_admin else AuditEvent.Source.API
    who = request.user.get_username() if name is None else name
    proof = getattr(request.user, "proof", ()) if name is None else ()  # of a machine
    return Author(who, source, request_id.current(), client_address(request), proof)
