"""Anthropic: the list of models. https://platform.claude.com/docs/en/api/models-list"""

from llm_providers.providers.probe import (
    Answer,
    Credentials,
    Finding,
    Listing,
    Model,
    Probe,
    Question,
    Reading,
    failure,
    listed,
    models,
)

VERSION = "2023-06-01"  # later ones are read by newer SDKs only; this one takes x-api-key for sure


def question(credentials: Credentials, limit: int) -> Question:
    headers = {"x-api-key": credentials["api_key"], "anthropic-version": VERSION}
    return Question("GET", f"https://api.anthropic.com/v1/models?limit={limit}", "anthropic", headers)


def read(answer: Answer) -> Finding:
    if found := failure(answer):
        return found
    kind = answer.text("error", "type")
    match answer.status:
        case 200 if answer.rows("data") is not None:
            return Finding(Reading.ACCEPTED)
        case 401 if answer.kind == "json":
            return Finding(Reading.REFUSED_KEY, "api_key")
        case 404 if kind == "not_found_error":
            return Finding(Reading.KEY_GONE, "api_key")
        case 400 if kind:
            return Finding(Reading.ACCOUNT_ON_HOLD)
        case 402:
            return Finding(Reading.BILLING)
        case 403:
            return Finding(Reading.NOT_PERMITTED, "api_key")
    return Finding(Reading.UNEXPECTED)


def verify(credentials: Credentials) -> Probe:
    return read((yield question(credentials, 1)))


def list_models(credentials: Credentials) -> Listing:
    def rows(answer: Answer) -> list[Model]:
        return models(answer.rows("data") or [], lambda row: (row.get("id"), row.get("display_name")))

    def next_page(answer: Answer) -> str:
        return answer.text("last_id") if answer.at("has_more") is True else ""

    return listed(question(credentials, 1000), read, rows, next_page, "after_id")
