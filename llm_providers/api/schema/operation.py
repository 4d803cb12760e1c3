"""One request, as the document has it."""

from dataclasses import dataclass
from typing import Any

from llm_providers.api.schema.credentials import Schema, ref
from llm_providers.api.schema.errors import error_name, headers
from llm_providers.api.schema.machines import PATH_PARAMETERS
from llm_providers.api.schema.parameters import IF_NONE_MATCH, PROVIDER

TAGS = {
    "LLM providers": "One configuration for each provider.",
    "Machines": "Accounts of programs, which log in without a password.",
    "Audit events": "Who changed what, and when.",
    "Tokens": "Access tokens for users, and how they are renewed and revoked.",
}
CONFIGURATIONS, MACHINES, AUDIT_EVENTS, TOKENS = TAGS

EVERYWHERE = (400, 403, 405, 406, 431, 500, 503)
WITH_TOKEN = (401,)
WITH_BODY = (413, 415)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One request and what it may be answered; bodies by the names of their components.

    ``errors`` are the statuses beyond those every operation of its kind has.
    """

    name: str
    summary: str
    tag: str
    answer: str
    takes: str | None = None
    errors: tuple[int, ...] = ()
    parameters: tuple[Schema, ...] = ()
    public: bool = False
    etag: bool = False
    description: str

    def statuses(self) -> list[int]:
        """The error statuses, in order."""
        of_kind = EVERYWHERE + (() if self.public else WITH_TOKEN) + (WITH_BODY if self.takes else ())
        return sorted({*of_kind, *self.errors})

    def document(self, path: str, requests: dict[str, Schema], answers: dict[str, Schema]) -> Schema:
        """The OpenAPI operation; ``requests`` and ``answers`` are examples by component."""
        document: Schema = {
            "operationId": self.name,
            "summary": self.summary,
            "tags": [self.tag],
            "description": self.description,
        }
        of_path = {"provider": PROVIDER, **PATH_PARAMETERS}
        parameters = [*(each for name, each in of_path.items() if f"{{{name}}}" in path), *self.parameters]
        if parameters:
            document["parameters"] = parameters
        if self.public:
            document["security"] = []
        if self.takes:
            document["requestBody"] = {"required": True, "content": json_content(self.takes, requests)}
        sent = headers(200) | ({"ETag": ref("ETag", "headers")} if self.etag else {})
        ok = {"description": "OK", "headers": sent, "content": json_content(self.answer, answers)}
        if IF_NONE_MATCH in self.parameters:
            unchanged = {"304": {"description": "Not Modified", "headers": sent}}
        else:
            unchanged = {}
        errors = {str(status): ref(error_name(status), "responses") for status in self.statuses()}
        return {**document, "responses": {"200": ok, **unchanged, **errors}}


def json_content(component: str, examples: dict[str, Schema]) -> dict[str, Any]:
    return {"application/json": {"schema": ref(component), "examples": examples[component]}}
