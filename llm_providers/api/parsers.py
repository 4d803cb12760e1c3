from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.http import parse_header_parameters
from rest_framework import exceptions
from rest_framework.parsers import BaseParser

from llm_providers.strict import json as strict_json
from llm_providers.web.request_bodies import CHUNKED


class PayloadTooLarge(exceptions.APIException):
    status_code = 413


class BadBody(exceptions.ParseError):
    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class StrictJSONParser(BaseParser):
    """A JSON object of at most 64 KiB in UTF-8, in which nothing is ambiguous."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        _media_type, parameters = parse_header_parameters(media_type or "")
        if parameters.get("charset", "").lower() not in ("", "utf-8", "utf8"):
            raise BadBody("Send the body in UTF-8.")
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise PayloadTooLarge
        environment = parser_context["request"].META  # type: ignore[index]
        if len(body) < int(environment["CONTENT_LENGTH"]) and CHUNKED not in environment:
            raise BadBody("The body is shorter than its Content-Length.")
        try:
            value = strict_json.loads(body)
        except strict_json.NotStrictJSON as error:
            raise BadBody(str(error)) from None
        if not isinstance(value, dict):
            raise BadBody("Send a JSON object.")
        return value
