"""What the published document leaves to its reader: which answer leads to which request, and what is right to send."""

from copy import deepcopy
from typing import Any

Json = dict[str, Any]

PROVIDER, ETAG = "$response.body#/provider", "$response.header.ETag"
OF_THE_SAME = {
    "getLlmProvider": {"provider": PROVIDER},
    "updateLlmProvider": {"provider": PROVIDER},
    "patchLlmProvider": {"provider": PROVIDER},
    "deleteLlmProvider": {"provider": PROVIDER},
    "getLlmProviderStatus": {"provider": PROVIDER},
    "getLlmProviderRotation": {"provider": PROVIDER},
    "patchLlmProviderRotation": {"provider": PROVIDER},
    "undoLlmProviderRotation": {"provider": PROVIDER},
    "retireLlmProviderCredentials": {"provider": PROVIDER},
    "listAuditEvents": {"provider": PROVIDER},
}
CONDITIONS = {
    "getLlmProvider": {"provider": PROVIDER, "If-None-Match": ETAG},
    "updateLlmProvider": {"provider": PROVIDER, "If-Match": ETAG},
    "patchLlmProvider": {"provider": PROVIDER, "If-Match": ETAG},
    "deleteLlmProvider": {"provider": PROVIDER, "If-Match": ETAG},
    "undoLlmProviderRotation": {"provider": PROVIDER, "If-Match": ETAG},
    "retireLlmProviderCredentials": {"provider": PROVIDER, "If-Match": ETAG},
}
LISTED = {"provider": "$response.body#/providers/0/provider"}
RECORDED = {"provider": "$response.body#/events/0/provider"}
# The operation whose 200 leads somewhere, the operations it leads to, and their parameters.
FOLLOWED: list[tuple[str, dict[str, dict[str, str]]]] = [
    *((source, OF_THE_SAME) for source in ("createLlmProvider", "updateLlmProvider", "patchLlmProvider")),
    *((source, OF_THE_SAME) for source in ("getLlmProvider", "getLlmProviderStatus", "deleteLlmProvider")),
    *((source, CONDITIONS) for source in ("createLlmProvider", "updateLlmProvider")),
    *((source, CONDITIONS) for source in ("patchLlmProvider", "getLlmProvider")),
    ("deleteLlmProvider", {"createLlmProvider": {}, "listLlmProviders": {}}),
    ("listLlmProviders", {"getLlmProvider": LISTED, "patchLlmProvider": LISTED}),
    ("listAuditEvents", {"listAuditEvents": {"cursor": "$response.body#/next"}, "getLlmProvider": RECORDED}),
]
# Operations that take the refresh token of an answer as their body.
RENEWED = {
    "createToken": ("refreshToken", "revokeToken"),
    "refreshToken": ("refreshToken", "revokeToken"),
}


def with_links(document: Json) -> Json:
    """The document, and in it where each answer leads."""
    linked = deepcopy(document)
    answers = {operation["operationId"]: operation["responses"]["200"] for operation in operations(linked)}
    for source, targets in FOLLOWED:
        for target, parameters in targets.items():
            links = answers[source].setdefault("links", {})
            links[f"{target}{len(links)}"] = {"operationId": target, "parameters": parameters}
    for source, renewing in RENEWED.items():
        for target in renewing:
            body = {"refresh": "$response.body#/refresh"}
            answers[source].setdefault("links", {})[target] = {"operationId": target, "requestBody": body}
    return linked


def operations(document: Json) -> list[Json]:
    return [
        member
        for path in document["paths"].values()
        for member in path.values()
        if isinstance(member, dict) and "operationId" in member
    ]


def examples(document: Json, operation_id: str, provider: str | None) -> list[Json]:
    """Bodies the document shows for an operation; of those for one provider only, when it is named.

    For a PATCH come those that name a single credential.
    """
    (operation,) = [each for each in operations(document) if each["operationId"] == operation_id]
    shown = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
    bodies = [example["value"] for name, example in shown.items() if provider is None or name in ("disable", provider)]
    if provider is not None:
        bodies += [{"provider": provider, "enabled": True}]
    if operation_id == "patchLlmProvider":
        credentials = [body["credentials"] for body in bodies if "credentials" in body]
        bodies += [{"credentials": {name: value}} for each in credentials for name, value in each.items()]
    return deepcopy(bodies)
