"""Examples of machines, sent and answered."""

from llm_providers.api.schema.credentials import Schema
from llm_providers.api.schema.machines import KEY_ID_EXAMPLE

WHEN, END = "2026-01-31T08:00:00Z", "2026-05-01T08:00:00Z"
IDENTITY = {
    "issuer": "https://token.actions.githubusercontent.com",
    "audience": "llm-providers",
    "subject": "repo:acme/billing:environment:production",
    "claims": {"repository_owner_id": "123456"},
}
MACHINE = {
    "name": "billing",
    "description": "Invoices nightly",
    "owner": "ml-platform",
    "enabled": True,
    "permissions": ["use"],
    "providers": ["openai", "azure"],
    "identities": [IDENTITY],
}


def machine_requests() -> dict[str, Schema]:
    """Examples of what is sent, by component."""
    return {
        "MachineCreate": {
            "key": {"summary": "With a key, to be issued", "value": {**MACHINE, "identities": []}},
            "identity": {"summary": "With the identity its platform gives it", "value": MACHINE},
        },
        "MachinePatch": {
            "disable": {"summary": "Switch off", "value": {"enabled": False}},
            "limit": {"summary": "Limit to one provider", "value": {"providers": ["openai"]}},
        },
        "MachineKeyRequest": {"days": {"value": {"expires_in_days": 90}}},
    }


def machine_answers() -> dict[str, Schema]:
    """Examples of what is answered, by component."""
    key = {
        "id": KEY_ID_EXAMPLE,
        "created_at": WHEN,
        "expires_at": END,
        "last_used_at": None,
        "last_used_from": None,
    }
    machine = {**MACHINE, "keys": [key], "created_at": WHEN, "updated_at": WHEN}
    issued = {"id": KEY_ID_EXAMPLE, "key": f"llmp_{KEY_ID_EXAMPLE}_your-secret", "expires_at": END}
    return {
        "Machine": {"machine": {"value": machine}},
        "MachineList": {"all": {"value": {"machines": [machine]}}, "none": {"value": {"machines": []}}},
        "DeletedMachine": {"deleted": {"value": {"name": "billing"}}},
        "IssuedMachineKey": {"issued": {"value": issued}},
        "RevokedMachineKey": {"revoked": {"value": {"id": KEY_ID_EXAMPLE}}},
    }
