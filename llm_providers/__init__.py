"""One configuration for each LLM provider: sealed, validated, masked."""

VERSION = "0.1.0"
