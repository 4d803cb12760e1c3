"""Azure OpenAI: the deployments, which an old version of the API still lists; elsewhere the models."""

from collections.abc import Generator, Mapping
from urllib.parse import quote, urlencode

from llm_providers.providers.probe import (
    LIST_LIMIT,
    Answer,
    Credentials,
    Finding,
    Listing,
    Model,
    Probe,
    Question,
    Reading,
    failure,
    models,
)

# Later versions answer 404 to it; no other call of the data plane names the deployments.
DEPLOYMENTS = "/openai/deployments?api-version=2023-03-15-preview"
MODELS = "/openai/v1/models"
LOGIN = "https://login.microsoftonline.com"
SCOPE = "https://cognitiveservices.azure.com/.default"
BY_LOGIN_CODE = {
    7000215: Finding(Reading.WRONG_SECRET, "client_secret"),
    7000222: Finding(Reading.SECRET_EXPIRED, "client_secret"),
    700016: Finding(Reading.NO_SUCH_CLIENT, "client_id"),
    90002: Finding(Reading.NO_SUCH_TENANT, "tenant_id"),
}


def token_question(credentials: Credentials) -> Question:
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials["client_id"],
        "client_secret": credentials["client_secret"],
        "scope": SCOPE,
    }
    url = f"{LOGIN}/{quote(credentials['tenant_id'], safe='')}/oauth2/v2.0/token"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Question("POST", url, "azure-login", headers, urlencode(form).encode())


def read_token(answer: Answer) -> Finding:
    if found := failure(answer):
        return found
    if answer.status == 200 and answer.text("access_token"):  # noqa: PLR2004
        return Finding(Reading.ACCEPTED)
    for code in answer.rows("error_codes") or []:
        if isinstance(code, int) and code in BY_LOGIN_CODE:
            return BY_LOGIN_CODE[code]
    return Finding(Reading.UNEXPECTED)


def question(credentials: Credentials, path: str, headers: Mapping[str, str]) -> Question:
    return Question("GET", credentials["endpoint"].rstrip("/") + path, "azure", headers, limit=LIST_LIMIT)


def read(answer: Answer, *, by_key: bool) -> Finding:
    if found := failure(answer, unresolvable=Finding(Reading.NO_SUCH_HOST, "endpoint")):
        return found
    match answer.status:
        case 200 if answer.text("object") == "list" and answer.rows("data") is not None:
            return Finding(Reading.ACCEPTED)
        case 401 if answer.kind == "json":
            return Finding(Reading.KEY_OR_ENDPOINT, "api_key") if by_key else Finding(Reading.NOT_PERMITTED)
        case 403 if answer.text("error", "code") == "AuthenticationTypeDisabled":
            return Finding(Reading.KEYS_NOT_ALLOWED, "api_key")
        case 403:
            return Finding(Reading.NETWORK_CLOSED)
        case 404 if answer.text("error", "code") == "DeploymentNotFound":
            return Finding(Reading.NO_SUCH_DEPLOYMENT, "deployment_id")
    return Finding(Reading.UNEXPECTED)


def has_deployment(answer: Answer, wanted: str) -> bool:
    ids = [row.get("id") for row in answer.rows("data") or [] if isinstance(row, dict)]
    return wanted.lower() in [name.lower() for name in ids if isinstance(name, str)]


def authorized(credentials: Credentials) -> Generator[Question, Answer, dict[str, str] | Finding]:
    """The headers that a question needs, by key or by token."""
    if "api_key" in credentials:
        return {"api-key": credentials["api_key"]}
    answer = yield token_question(credentials)
    found = read_token(answer)
    if found.reading is not Reading.ACCEPTED:
        return found
    return {"Authorization": f"Bearer {answer.text('access_token')}"}


def verify(credentials: Credentials) -> Probe:
    by_key = "api_key" in credentials
    headers = yield from authorized(credentials)
    if isinstance(headers, Finding):
        return headers
    answer = yield question(credentials, DEPLOYMENTS, headers)
    found = read(answer, by_key=by_key)
    if found.reading is Reading.ACCEPTED and not has_deployment(answer, credentials["deployment_id"]):
        return Finding(Reading.NO_SUCH_DEPLOYMENT, "deployment_id")
    if answer.status != 404 or found.reading is Reading.NO_SUCH_DEPLOYMENT:  # noqa: PLR2004
        return found
    found = read((yield question(credentials, MODELS, headers)), by_key=by_key)
    return Finding(Reading.DEPLOYMENT_NOT_CHECKED) if found.reading is Reading.ACCEPTED else found


def list_models(credentials: Credentials) -> Listing:
    """The deployments, which is what a request names; where they are not listed, the models of the resource."""
    by_key = "api_key" in credentials
    headers = yield from authorized(credentials)
    if isinstance(headers, Finding):
        return headers
    answer = yield question(credentials, DEPLOYMENTS, headers)
    if answer.status == 404:  # noqa: PLR2004
        answer = yield question(credentials, MODELS, headers)
    found = read(answer, by_key=by_key)
    if found.reading is not Reading.ACCEPTED:
        return found
    rows: list[Model] = models(answer.rows("data") or [], lambda row: (row.get("id"), row.get("model")))
    return rows
