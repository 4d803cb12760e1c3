"""Which models of a list may be stored and shown: whoever answers writes into it what they like."""

from collections.abc import Iterable

from llm_providers.providers.probe import Model

PIECE = 12  # characters of a secret in a row


def harmless(models: Iterable[Model], secrets: Iterable[str]) -> list[Model]:
    """Those whose texts hold none of the secrets, nor a piece of one."""
    pieces = {piece for secret in secrets for piece in _pieces(secret)}
    lengths = {len(piece) for piece in pieces}

    def tells(text: str) -> bool:
        return any(piece in pieces for length in lengths for piece in _windows(text, length))

    return [model for model in models if not (tells(model.id) or tells(model.name))]


def _pieces(secret: str) -> Iterable[str]:
    """A secret shorter than a piece is one."""
    return _windows(secret, min(PIECE, len(secret))) if secret else ()


def _windows(text: str, length: int) -> Iterable[str]:
    return (text[start : start + length] for start in range(len(text) - length + 1))
