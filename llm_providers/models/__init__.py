from llm_providers.models.audit_event import AuditEvent, AuditEventIsImmutable, action_choices
from llm_providers.models.configuration import AlreadyStored, LLMProviderConfig, ProviderIsImmutable
from llm_providers.models.consumer import Consumer
from llm_providers.models.login_count import LoginCount
from llm_providers.models.machine import CODENAMES, Machine, MachineKey
from llm_providers.models.model_list import ModelList
from llm_providers.models.outbound_count import OutboundCount
from llm_providers.models.rotation import Previous
from llm_providers.models.verification import Verification

__all__ = [
    "CODENAMES",
    "AlreadyStored",
    "AuditEvent",
    "AuditEventIsImmutable",
    "Consumer",
    "LLMProviderConfig",
    "LoginCount",
    "Machine",
    "MachineKey",
    "ModelList",
    "OutboundCount",
    "Previous",
    "ProviderIsImmutable",
    "Verification",
    "action_choices",
]
