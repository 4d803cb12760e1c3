"""Amazon Bedrock: the foundation models; where that is refused, who is asking, which nobody is forbidden to ask."""

from dataclasses import replace

from llm_providers.providers.probe import (
    LIST_LIMIT,
    Answer,
    AWSSignature,
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

# Of botocore's partitions.json: the first of a region's name, and the domain of that partition.
PARTITIONS = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "eu-isoe-": "cloud.adc-e.uk",
    "us-isof-": "csp.hci.ic.gov",
}
WHO_AM_I = b"Action=GetCallerIdentity&Version=2011-06-15"
BY_ERROR = {
    "AccessDeniedException": Finding(Reading.NOT_PERMITTED),
    "NotAuthorized": Finding(Reading.NOT_PERMITTED),
    "InvalidSignatureException": Finding(Reading.WRONG_SECRET, "aws_secret_access_key"),
    "ExpiredTokenException": Finding(Reading.SESSION_EXPIRED, "aws_session_token"),
    "ExpiredToken": Finding(Reading.SESSION_EXPIRED, "aws_session_token"),
    "SubscriptionRequiredException": Finding(Reading.ACCOUNT_NOT_SET_UP),
    "OptInRequired": Finding(Reading.ACCOUNT_NOT_SET_UP),
    "ThrottlingException": Finding(Reading.RATE_LIMITED),
}
DEAD = {
    "InvalidClientTokenId": Finding(Reading.REFUSED_KEY, "aws_access_key_id"),
    "SignatureDoesNotMatch": Finding(Reading.WRONG_SECRET, "aws_secret_access_key"),
}
CROSS_CHECKED = ("UnrecognizedClientException", "InvalidClientTokenId", "")


def domain(region: str) -> str:
    return next((found for prefix, found in PARTITIONS.items() if region.startswith(prefix)), "amazonaws.com")


def signature(credentials: Credentials, service: str, region: str) -> AWSSignature:
    names = ("aws_access_key_id", "aws_secret_access_key")
    return AWSSignature(service, region, *(credentials[name] for name in names), credentials.get("aws_session_token"))


def question(credentials: Credentials, path: str) -> Question:
    region = credentials["region"]
    asked = Question("GET", f"https://bedrock.{region}.{domain(region)}{path}", "amazon-bedrock", limit=LIST_LIMIT)
    if "api_key" in credentials:
        return replace(asked, headers={"Authorization": f"Bearer {credentials['api_key']}"})
    return replace(asked, signature=signature(credentials, "bedrock", region))


def caller_question(credentials: Credentials) -> Question:
    region = credentials["region"]
    common = domain(region) == "amazonaws.com" and not region.startswith("us-gov-")
    host, signed = ("sts.amazonaws.com", "us-east-1") if common else (f"sts.{region}.{domain(region)}", region)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    asked = Question("POST", f"https://{host}/", "aws-sts", headers, WHO_AM_I)
    return replace(asked, signature=signature(credentials, "sts", signed))


def error_of(answer: Answer) -> str:
    told = answer.headers.get("x-amzn-errortype") or answer.text("__type") or answer.text("Error", "Code")
    return told.partition(":")[0].rpartition("#")[2]


def read(answer: Answer) -> Finding:
    if found := failure(answer, unresolvable=Finding(Reading.NO_SUCH_REGION, "region")):
        return found
    if answer.status == 200 and answer.rows("modelSummaries") is not None:  # noqa: PLR2004
        return Finding(Reading.ACCEPTED)
    return BY_ERROR.get(error_of(answer), Finding(Reading.UNEXPECTED))


def read_caller(answer: Answer) -> Finding:
    """What is wrong with a key that Bedrock does not know; `REGION_OFF` when nothing is."""
    if found := failure(answer):
        return found
    if answer.status == 200:  # noqa: PLR2004
        return Finding(Reading.REGION_OFF, "region")
    return DEAD.get(error_of(answer)) or BY_ERROR.get(error_of(answer), Finding(Reading.UNEXPECTED))


def verify(credentials: Credentials) -> Probe:
    answer = yield question(credentials, "/foundation-models")
    found = read(answer)
    if answer.status != 403 or found.reading is not Reading.UNEXPECTED:  # noqa: PLR2004
        return found
    if "api_key" in credentials:
        return Finding(Reading.DOUBTFUL_KEY, "api_key")
    if error_of(answer) not in CROSS_CHECKED:
        return found
    asked = caller_question(credentials)
    found = read_caller((yield asked))
    if found in DEAD.values():
        # Within five seconds of another secret of the same key id, STS wrongly refuses the right one.
        found = read_caller((yield replace(asked, again=True)))
    return found


def list_models(credentials: Credentials) -> Listing:
    answer = yield question(credentials, "/foundation-models")
    found = read(answer)
    if found.reading is not Reading.ACCEPTED:
        return found
    rows: list[Model] = models(
        answer.rows("modelSummaries") or [], lambda row: (row.get("modelId"), row.get("modelName"))
    )
    return rows
