"""Vertex AI: a key file is exchanged for a token, which counts the tokens of one letter; an API key does so itself."""

from urllib.parse import quote

from llm_providers.providers.probe import (
    Answer,
    Credentials,
    Finding,
    GoogleAssertion,
    Listing,
    Model,
    Probe,
    Question,
    Reading,
    failure,
    listed,
    models,
)
from llm_providers.providers.probes.google import dead_key, reasons

TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105  (no password)
MODEL = "publishers/google/models/gemini-2.5-flash"  # one that is retired proves the access all the same
ONE_LETTER = b'{"contents":[{"role":"user","parts":[{"text":"x"}]}]}'
GLOBAL = "aiplatform.googleapis.com"
CATALOGUE = f"https://{GLOBAL}/v1beta1/publishers/google/models?pageSize=100"


def host(location: str) -> str:
    if location == "global":
        return GLOBAL
    return f"aiplatform.{location}.rep.googleapis.com" if location in ("us", "eu") else f"{location}-{GLOBAL}"


def token_question(credentials: Credentials) -> Question:
    return Question("POST", TOKEN_URL, "google-token", signature=GoogleAssertion(credentials["service_account"]))


def read_token(answer: Answer) -> Finding:
    if found := failure(answer, unsignable=Finding(Reading.UNUSABLE_KEY, "service_account")):
        return found
    if answer.status == 200 and answer.text("access_token"):  # noqa: PLR2004
        return Finding(Reading.ACCEPTED)
    told = answer.text("error_description").lower()
    if answer.status in (400, 401) and answer.text("error") == "invalid_grant":
        if "invalid jwt signature" in told:
            return Finding(Reading.WRONG_SIGNATURE, "service_account")
        if "account not found" in told:
            return Finding(Reading.UNKNOWN_ACCOUNT, "service_account")
        if "short-lived token" in told:
            return Finding(Reading.CLOCK)
    return Finding(Reading.UNEXPECTED)


def count_tokens(credentials: Credentials, token: str) -> Question:
    project, location = credentials["project_id"], credentials["location"]
    place = f"projects/{quote(project, safe='')}/locations/{quote(location, safe='')}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"https://{host(location)}/v1/{place}/{MODEL}:countTokens"
    return Question("POST", url, "google-vertex", headers, ONE_LETTER)


def read(answer: Answer) -> Finding:  # noqa: PLR0911  (a table: one row an answer)
    """How an answer to somebody with a good token reads."""
    if found := failure(answer):
        return found
    match answer.status:
        case 200 if isinstance(answer.at("totalTokens"), int):
            return Finding(Reading.ACCEPTED)
        case 404 if answer.kind == "json" and "model" in answer.text("error", "message").lower():
            return Finding(Reading.ACCEPTED)  # of access: that model is no more
        case 404 if answer.kind == "not_json":
            return Finding(Reading.NO_SUCH_LOCATION, "location")
        case 400 if "invalid hostname" in answer.text("error", "message").lower():
            return Finding(Reading.NO_SUCH_LOCATION, "location")
        case 403 if "SERVICE_DISABLED" in reasons(answer):
            return Finding(Reading.SERVICE_DISABLED, "project_id")
        case 403:
            return Finding(Reading.NOT_PERMITTED, "service_account")
    return Finding(Reading.UNEXPECTED)


def express_question(credentials: Credentials) -> Question:
    headers = {"x-goog-api-key": credentials["api_key"], "Content-Type": "application/json"}
    return Question("POST", f"https://{GLOBAL}/v1/{MODEL}:countTokens", "google-vertex", headers, ONE_LETTER)


def read_express(answer: Answer) -> Finding:
    if dead := dead_key(answer):
        return dead
    found = read(answer)
    blamed = {"service_account", "project_id", "location"}
    return Finding(found.reading, "api_key") if found.field in blamed else found


def verify(credentials: Credentials) -> Probe:
    if "api_key" in credentials:
        return read_express((yield express_question(credentials)))
    answer = yield token_question(credentials)
    found = read_token(answer)
    if found.reading is not Reading.ACCEPTED:
        return found
    return read((yield count_tokens(credentials, answer.text("access_token"))))


def list_models(credentials: Credentials) -> Listing:
    """The catalogue of Google's own models, which is the same for everybody."""
    if "api_key" in credentials:
        headers, read_page = {"x-goog-api-key": credentials["api_key"]}, read_express
    else:
        answer = yield token_question(credentials)
        found = read_token(answer)
        if found.reading is not Reading.ACCEPTED:
            return found
        headers, read_page = {"Authorization": f"Bearer {answer.text('access_token')}"}, read

    def read_list(page: Answer) -> Finding:
        listed_here = page.status == 200 and page.rows("publisherModels") is not None  # noqa: PLR2004
        return Finding(Reading.ACCEPTED) if listed_here else read_page(page)

    def rows(page: Answer) -> list[Model]:
        return models(
            page.rows("publisherModels") or [], lambda row: (str(row.get("name") or "").rpartition("/")[2], None)
        )

    catalogue = Question("GET", CATALOGUE, "google-vertex", headers)
    return (yield from listed(catalogue, read_list, rows, lambda page: page.text("nextPageToken"), "pageToken"))
