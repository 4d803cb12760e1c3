from typing import Any

from rest_framework import serializers

from llm_providers.strict.serializer import NOT_NULL, REQUIRED


class AnyCredentialsField(serializers.Field):  # type: ignore[type-arg]
    """Credentials before it is known whose: the provider's own serializer looks at them."""

    default_error_messages = {"required": REQUIRED, "null": NOT_NULL, "invalid": "Send a JSON object."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        return data
