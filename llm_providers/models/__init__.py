from llm_providers.models.audit_event import AuditEvent, AuditEventIsImmutable, action_choices
from llm_providers.models.configuration import AlreadyStored, LLMProviderConfig, ProviderIsImmutable
from llm_providers.models.consumer import Consumer
from llm_providers.models.login_count import LoginCount

__all__ = [
    "AlreadyStored",
    "AuditEvent",
    "AuditEventIsImmutable",
    "Consumer",
    "LLMProviderConfig",
    "LoginCount",
    "ProviderIsImmutable",
    "action_choices",
]
