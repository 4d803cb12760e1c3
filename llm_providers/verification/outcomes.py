"""The one table of outcomes: what a reading means, and what to do about it. What it does not list is unknown."""

from dataclasses import dataclass
from enum import StrEnum

from llm_providers.providers import Provider
from llm_providers.providers.probe import Finding, Reading


class Outcome(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    RESTRICTED = "restricted"
    RATE_LIMITED = "rate_limited"
    MISCONFIGURED = "misconfigured"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """``message`` is a sentence of ours with the remedy; ``field`` the credential to blame, if one is."""

    outcome: Outcome
    message: str
    field: str | None = None


TABLE: dict[Reading, tuple[Outcome, str]] = {
    Reading.ACCEPTED: (Outcome.VALID, "{label} accepts these credentials."),
    Reading.DEPLOYMENT_NOT_CHECKED: (
        Outcome.VALID,
        "{label} accepts these credentials. It does not list deployments, so the deployment was not checked.",
    ),
    Reading.REFUSED_KEY: (Outcome.INVALID, "{label} refused this key. Make a new one, and enter it whole."),
    Reading.KEY_OR_ENDPOINT: (
        Outcome.INVALID,
        (
            "{label} refused this key at this endpoint: it is wrong, or belongs to another resource. Copy both from "
            "Keys and Endpoint of one resource."
        ),
    ),
    Reading.KEY_GONE: (Outcome.INVALID, "{label} does not know this key: it was disabled or deleted. Make a new one."),
    Reading.KEY_LEAKED: (Outcome.INVALID, "{label} has blocked this key because it leaked. Make a new one."),
    Reading.WRONG_SECRET: (Outcome.INVALID, "{label} refused this secret. Copy it anew, or make another."),
    Reading.SECRET_EXPIRED: (Outcome.INVALID, "This secret has expired. Make a new one."),
    Reading.WRONG_SIGNATURE: (
        Outcome.INVALID,
        "Google refused the key of this key file: it was deleted. Download a new key file.",
    ),
    Reading.UNKNOWN_ACCOUNT: (
        Outcome.INVALID,
        "Google does not know the account of this key file. Make a new service account.",
    ),
    Reading.UNUSABLE_KEY: (Outcome.INVALID, "This private key cannot sign for Google. Download a new key file."),
    Reading.MISSING_SCOPES: (
        Outcome.RESTRICTED,
        (
            "{label} knows this key, but it may not list models. It may still run them; to be verified it needs the "
            "permission to read models."
        ),
    ),
    Reading.ADDRESS_NOT_ALLOWED: (
        Outcome.RESTRICTED,
        "{label} lets this key in from other addresses only. Allow this service's.",
    ),
    Reading.COUNTRY_NOT_SUPPORTED: (
        Outcome.RESTRICTED,
        "{label} serves nobody from where this service runs. The key may be good.",
    ),
    Reading.NOT_PERMITTED: (
        Outcome.RESTRICTED,
        "{label} knows these credentials, but they are not permitted to do what was asked. Check their permissions.",
    ),
    Reading.API_OFF_FOR_KEY: (
        Outcome.RESTRICTED,
        "Google knows this key, but the API is off for its project. Enable the API.",
    ),
    Reading.ACCOUNT_ON_HOLD: (
        Outcome.RESTRICTED,
        "{label} knows this key, but its organization is on hold. Ask its owner.",
    ),
    Reading.BILLING: (
        Outcome.RESTRICTED,
        "{label} knows this key, but its account is not paid for. Check the billing.",
    ),
    Reading.NETWORK_CLOSED: (
        Outcome.RESTRICTED,
        "{label} is closed to this service's address. Allow it in the resource's network.",
    ),
    Reading.KEYS_NOT_ALLOWED: (Outcome.RESTRICTED, "This resource takes no keys. Use Entra ID."),
    Reading.KEY_DISABLED: (
        Outcome.RESTRICTED,
        "{label} knows this key, but the key or its team is blocked or disabled.",
    ),
    Reading.ACCOUNT_NOT_SET_UP: (
        Outcome.RESTRICTED,
        "The account of these credentials is not set up for {label}. Subscribe to it.",
    ),
    Reading.RATE_LIMITED: (Outcome.RATE_LIMITED, "{label} is asked too often at the moment. Try again in a minute."),
    Reading.OTHER_REGION: (
        Outcome.MISCONFIGURED,
        "{label} says that this key belongs to another region. Enter the data residency of its project.",
    ),
    Reading.OTHER_RESIDENCY: (
        Outcome.MISCONFIGURED,
        "This key works in another region. Enter {detail} as data_residency.",
    ),
    Reading.NO_RESIDENCY: (Outcome.MISCONFIGURED, "This key works without a region. Remove data_residency."),
    Reading.WRONG_ORGANIZATION: (
        Outcome.MISCONFIGURED,
        "This key does not belong to this organization. Enter its own, or none.",
    ),
    Reading.NO_SUCH_LOCATION: (
        Outcome.MISCONFIGURED,
        "There are no models at this location. Enter one like global or us-central1.",
    ),
    Reading.SERVICE_DISABLED: (
        Outcome.MISCONFIGURED,
        "The Vertex AI API is off in this project. Enable it, or enter another.",
    ),
    Reading.NO_SUCH_DEPLOYMENT: (
        Outcome.MISCONFIGURED,
        "There is no such deployment in this resource. If it was just made, wait five minutes.",
    ),
    Reading.NO_SUCH_HOST: (
        Outcome.MISCONFIGURED,
        "There is no such resource: its name is not in DNS. Check the endpoint.",
    ),
    Reading.NO_SUCH_REGION: (Outcome.MISCONFIGURED, "There is no {label} in this region. Check its name."),
    Reading.REGION_OFF: (
        Outcome.MISCONFIGURED,
        "The credentials are good, but this region is off in their account. Enable it.",
    ),
    Reading.NO_SUCH_TENANT: (
        Outcome.MISCONFIGURED,
        "There is no such tenant. Copy the directory id of the app registration.",
    ),
    Reading.NO_SUCH_CLIENT: (
        Outcome.MISCONFIGURED,
        "There is no such app in this tenant. Copy the id of the app registration.",
    ),
    Reading.UNREACHABLE: (
        Outcome.UNREACHABLE,
        "{label} could not be reached. Try again; check that this service may ask its host.",
    ),
    Reading.PROVIDER_DOWN: (Outcome.UNREACHABLE, "{label} has trouble of its own. Try again later."),
    Reading.CLOCK: (Outcome.UNKNOWN, "Google did not accept the time of this service's signature. Set its clock."),
    Reading.SESSION_EXPIRED: (
        Outcome.UNKNOWN,
        "{label} says that the session is over. Enter a fresh session token with its keys.",
    ),
    Reading.DOUBTFUL_KEY: (Outcome.UNKNOWN, "{label} refused this API key without saying why. It may have expired."),
    Reading.NO_PROBE: (Outcome.UNKNOWN, "There is no way yet to verify credentials of {label}."),
}
UNLISTED = (Outcome.UNKNOWN, "{label} gave an answer that says nothing of the credentials. Try again later.")


def verdict(provider: type[Provider], finding: Finding) -> Verdict:
    outcome, sentence = TABLE.get(finding.reading, UNLISTED)
    return Verdict(outcome, sentence.format(label=provider.label, detail=finding.detail), finding.field)
