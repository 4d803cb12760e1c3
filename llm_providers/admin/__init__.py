"""The admin: everything through ``store``, so that its rules and its trail are the API's."""

from llm_providers.admin import accounts, audit_events, configurations, machines

__all__ = ["accounts", "audit_events", "configurations", "machines"]
