"""OpenAI: the list of models costs nothing. https://developers.openai.com/docs/guides/error-codes"""

import re

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

HOST = re.compile(r"(?<![\w.-])(?:(us|eu|ae|au|in|jp)\.)?api\.openai\.com(?![\w.-]*\w)")
BY_CODE = {
    "mismatched_organization": Finding(Reading.WRONG_ORGANIZATION, "organization"),
    "no_organization": Finding(Reading.WRONG_ORGANIZATION, "organization"),
    "unsupported_country_region_territory": Finding(Reading.COUNTRY_NOT_SUPPORTED),
    "incorrect_hostname": Finding(Reading.OTHER_REGION, "data_residency"),
}
BY_STATUS = {401: Finding(Reading.REFUSED_KEY, "api_key"), 403: Finding(Reading.NOT_PERMITTED, "api_key")}


def question(credentials: Credentials, residency: str | None) -> Question:
    host = f"{residency}.api.openai.com" if residency else "api.openai.com"
    headers = {"Authorization": f"Bearer {credentials['api_key']}"}
    for name, header in (("organization", "OpenAI-Organization"), ("project", "OpenAI-Project")):
        if name in credentials:
            headers[header] = credentials[name]
    return Question("GET", f"https://{host}/v1/models", "openai", headers)


def read(answer: Answer) -> Finding:
    if found := failure(answer):
        return found
    if answer.status == 200 and answer.rows("data") is not None:  # noqa: PLR2004
        return Finding(Reading.ACCEPTED)
    message = answer.text("error", "message").lower()
    if answer.status not in BY_STATUS:
        return Finding(Reading.UNEXPECTED)
    if "missing scopes" in message or "insufficient permissions" in message:
        return Finding(Reading.MISSING_SCOPES, "api_key")
    if (code := answer.text("error", "code")) in BY_CODE:
        return BY_CODE[code]
    if "ip not authorized" in message or "ip address" in message or code == "ip_not_authorized":
        return Finding(Reading.ADDRESS_NOT_ALLOWED)
    return BY_STATUS[answer.status] if answer.kind == "json" else Finding(Reading.UNEXPECTED)


def verify(credentials: Credentials) -> Probe:
    """A key of another region is tried there, within the fixed set, to say which one to enter."""
    residency = credentials.get("data_residency")
    answer = yield question(credentials, residency)
    finding = read(answer)
    if finding.reading is not Reading.OTHER_REGION:
        return finding
    named = HOST.search(answer.text("error", "message"))
    if named is None or named[1] == residency:
        return finding
    elsewhere = yield question(credentials, named[1])
    if read(elsewhere).reading is not Reading.ACCEPTED:
        return finding
    if named[1] is None:
        return Finding(Reading.NO_RESIDENCY, "data_residency")
    return Finding(Reading.OTHER_RESIDENCY, "data_residency", named[1])


def list_models(credentials: Credentials) -> Listing:
    first = question(credentials, credentials.get("data_residency"))
    return listed(first, read, openai_models)


def openai_models(answer: Answer) -> list[Model]:
    return models(answer.rows("data") or [], lambda row: (row.get("id"), None))
