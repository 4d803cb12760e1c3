"""The operations, by method and path as the contract lists them."""

from llm_providers.api.schema.operations import audit_events, configurations, machines, rotation, tokens

OPERATIONS = {
    **configurations.OPERATIONS,
    **rotation.OPERATIONS,
    **machines.OPERATIONS,
    **audit_events.OPERATIONS,
    **tokens.OPERATIONS,
}
