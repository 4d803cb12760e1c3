"""Google AI Studio: the list of models. The key goes into a header: URLs get logged."""

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

LIST = "https://generativelanguage.googleapis.com/v1beta/models"


def question(credentials: Credentials, size: int) -> Question:
    return Question("GET", f"{LIST}?pageSize={size}", "google", {"x-goog-api-key": credentials["api_key"]})


def reasons(answer: Answer) -> set[str]:
    """The reasons that Google gives, besides the status."""
    details = answer.rows("error", "details") or []
    found = [detail.get("reason") for detail in details if isinstance(detail, dict)]
    return {reason for reason in found if isinstance(reason, str)}


def dead_key(answer: Answer) -> Finding | None:
    """What Google says of an API key that is none, or none any more; of Vertex AI's express mode too."""
    match answer.status:
        case 400 if "API_KEY_INVALID" in reasons(answer):
            return Finding(Reading.REFUSED_KEY, "api_key")
        case 401 if answer.kind == "json":
            return Finding(Reading.REFUSED_KEY, "api_key")
        case 403 if "reported as leaked" in answer.text("error", "message"):
            return Finding(Reading.KEY_LEAKED, "api_key")
    return None


def read(answer: Answer) -> Finding:
    if found := failure(answer) or dead_key(answer):
        return found
    match answer.status:
        case 200 if answer.rows("models") is not None:
            return Finding(Reading.ACCEPTED)
        case 400 if answer.text("error", "status") == "FAILED_PRECONDITION":
            return Finding(Reading.COUNTRY_NOT_SUPPORTED)
        case 403 if "SERVICE_DISABLED" in reasons(answer):
            return Finding(Reading.API_OFF_FOR_KEY, "api_key")
        case 403:
            return Finding(Reading.NOT_PERMITTED, "api_key")
    return Finding(Reading.UNEXPECTED)


def verify(credentials: Credentials) -> Probe:
    return read((yield question(credentials, 1)))


def list_models(credentials: Credentials) -> Listing:
    def rows(answer: Answer) -> list[Model]:
        return models(
            answer.rows("models") or [],
            lambda row: (str(row.get("name") or "").removeprefix("models/"), row.get("displayName")),
        )

    return listed(question(credentials, 1000), read, rows, lambda answer: answer.text("nextPageToken"), "pageToken")
