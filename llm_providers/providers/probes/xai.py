"""xAI: the key tells about itself. https://docs.x.ai/developers/debugging"""

from llm_providers.providers.probe import (
    Answer,
    Credentials,
    Finding,
    Listing,
    Probe,
    Question,
    Reading,
    failure,
    listed,
)
from llm_providers.providers.probes.openai import openai_models

FLAGS = ("team_blocked", "api_key_blocked", "api_key_disabled")


def question(credentials: Credentials, path: str) -> Question:
    return Question("GET", f"https://api.x.ai{path}", "xai", {"Authorization": f"Bearer {credentials['api_key']}"})


def refusal(answer: Answer) -> Finding:
    """``error`` is a string here, an object in other places of this API."""
    message = answer.text("error") or answer.text("error", "message")
    match answer.status:
        case 400 if "incorrect api key" in message.lower():
            return Finding(Reading.REFUSED_KEY, "api_key")
        case 401 if answer.kind == "json":
            return Finding(Reading.REFUSED_KEY, "api_key")
        case 403:
            return Finding(Reading.NOT_PERMITTED, "api_key")
    return Finding(Reading.UNEXPECTED)


def read(answer: Answer) -> Finding:
    if found := failure(answer):
        return found
    flags = [answer.at(flag) for flag in FLAGS]
    if answer.status == 200 and any(flag is True for flag in flags):  # noqa: PLR2004
        return Finding(Reading.KEY_DISABLED, "api_key")
    if answer.status == 200 and answer.text("api_key_id"):  # noqa: PLR2004
        return Finding(Reading.ACCEPTED)
    return refusal(answer)


def read_list(answer: Answer) -> Finding:
    if found := failure(answer):
        return found
    listed_here = answer.status == 200 and answer.rows("data") is not None  # noqa: PLR2004
    return Finding(Reading.ACCEPTED) if listed_here else refusal(answer)


def verify(credentials: Credentials) -> Probe:
    return read((yield question(credentials, "/v1/api-key")))


def list_models(credentials: Credentials) -> Listing:
    return listed(question(credentials, "/v1/models"), read_list, openai_models)
