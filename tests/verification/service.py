"""The running server with the providers of a test in the place of the real ones."""

from tests.conftest import NAMES
from tests.verification.certificates import Authority


def asks_on_loopback(authority: Authority, port: int) -> dict[str, str]:
    """The environment of a server that asks whoever listens there, under all names, as often as it is told to."""
    return {
        "LLM_PROVIDERS_ORIGINS": ",".join(f"{name}=https://127.0.0.1:{port}" for name in NAMES),
        "LLM_PROVIDERS_OUTBOUND_ALLOW": "127.0.0.0/8",
        "LLM_PROVIDERS_OUTBOUND_CA_FILE": str(authority.file),
        "LLM_PROVIDERS_OUTBOUND_THREADS": "100",
        "LLM_PROVIDERS_VERIFY_LIMIT_PER_USER": "10000",
        "LLM_PROVIDERS_VERIFY_LIMIT_PER_PROVIDER": "10000",
    }
