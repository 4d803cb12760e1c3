"""The OpenAPI document: drf-spectacular finds the routes, and these modules say what they do.

Loaded by its hooks in the settings when the document is made, the sort key first: the views know nothing of it, and
no other process pays for it.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.openapi import AutoSchema

from llm_providers.api.schema import bodies, examples
from llm_providers.api.schema.credentials import Schema
from llm_providers.api.schema.errors import HEADERS, error_responses, error_schemas
from llm_providers.api.schema.operation import TAGS
from llm_providers.api.schema.operations import OPERATIONS
from llm_providers.providers import PROVIDERS, Registry

BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": (
        "One of three, each sent as `Authorization: Bearer ...`. A user's access token, from `POST /v1/token`. The key "
        "of a machine, `llmp_...`, from `POST /v1/machine/{name}/keys`. The OpenID Connect token that a platform gives "
        "a workload, such as a service account token of Kubernetes or the token of a job of GitHub Actions, where the "
        "operator trusts its issuer and a machine names it among its identities."
    ),
}


class ContractSchema(AutoSchema):
    """Describes a view's method by its row among the operations."""

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Schema:
        return OPERATIONS[f"{method} {path}"].document(path, examples.requests(PROVIDERS), examples.answers(PROVIDERS))


class ContractViewExtension(OpenApiViewExtension):  # type: ignore[no-untyped-call]
    target_class = "llm_providers.api.base.ContractView"
    match_subclasses = True

    def view_replacement(self) -> Any:
        return type(self.target.__name__, (self.target,), {"schema": ContractSchema()})


def position(endpoint: tuple[str, str, str, Any]) -> int:
    """The order in the document is that of the operations (a sort key)."""
    path, _path_regex, method, _callback = endpoint
    return list(OPERATIONS).index(f"{method} {path}")


def components(registry: Registry) -> Schema:
    return {
        "schemas": bodies.schemas(registry) | error_schemas(registry),
        "responses": error_responses(registry),
        "headers": HEADERS,
        "securitySchemes": {"BearerAuth": BEARER},
    }


def complete(result: Schema, **_kwargs: Any) -> Schema:
    """What no route says by itself (a postprocessing hook)."""
    return {
        "openapi": result["openapi"],
        "info": result["info"],
        "servers": [],
        "security": [{"BearerAuth": []}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": result["paths"],
        "components": components(PROVIDERS),
    }
