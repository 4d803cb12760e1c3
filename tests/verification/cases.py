"""Every row of the provider facts about verification: what a provider answers, and what is to be said of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.factories import pem
from tests.verification import fakes
from tests.verification.fakes import AWS_ID, AWS_SECRET, CANARY, KEY, TOKEN, with_header
from tests.verification.https_server import Received, Reply

Replies = Mapping[str, Reply | list[Reply]]


@dataclass(frozen=True)
class Door:
    """A way in: whose, with which credentials, by what the fake knows it, and under which names it is asked."""

    provider: str
    credentials: dict[str, Any]
    authenticated: Callable[[Received], bool]
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    door: Door
    name: str
    replies: Replies
    outcome: str
    field: str | None
    remedy: str  # a piece of the sentence

    def __str__(self) -> str:
        return f"{self.door.provider}: {self.name}"


SA = {
    "type": "service_account",
    "project_id": "your-project",
    "private_key_id": "key-id",
    "private_key": pem(KEY),
    "client_email": "sa@your-project.iam.gserviceaccount.com",
    "client_id": "1",
}
ENDPOINT = {"endpoint": "https://your-resource.openai.azure.com", "deployment_id": "gpt"}
ENTRA_FIELDS = {"tenant_id": "your-tenant", "client_id": "your-client-id", "client_secret": f"secret-{CANARY}"}
OPENAI = Door(
    "openai",
    {"api_key": f"sk-{CANARY}", "organization": f"org-{CANARY}", "project": f"proj_{CANARY}", "data_residency": "eu"},
    with_header(
        "authorization", f"Bearer sk-{CANARY}", openai_organization=f"org-{CANARY}", openai_project=f"proj_{CANARY}"
    ),
    ("openai",),
)
ANTHROPIC = Door(
    "anthropic",
    {"api_key": f"sk-ant-{CANARY}"},
    with_header("x-api-key", f"sk-ant-{CANARY}", anthropic_version="2023-06-01"),
    ("anthropic",),
)
GOOGLE = Door("google", {"api_key": f"AQ.{CANARY}"}, with_header("x-goog-api-key", f"AQ.{CANARY}"), ("google",))
VERTEX = Door(
    "google-vertex",
    {"service_account": SA, "project_id": "your-project", "location": "us-central1"},
    lambda request: fakes.vertex_authenticated(request) and fakes.counted_by_vertex(request),
    ("google-vertex", "google-token"),
)
EXPRESS = Door(
    "google-vertex",
    {"api_key": f"AQ.{CANARY}"},
    lambda request: request.headers.get("x-goog-api-key") == f"AQ.{CANARY}" and fakes.counted_by_vertex(request),
    ("google-vertex",),
)
AZURE = Door(
    "azure", {"api_key": f"key{CANARY}", **ENDPOINT}, with_header("api-key", f"key{CANARY}"), ("azure", "azure-login")
)
ENTRA = Door("azure", {**ENTRA_FIELDS, **ENDPOINT}, fakes.azure_by_token, ("azure", "azure-login"))
BEDROCK = Door(
    "amazon-bedrock",
    {"aws_access_key_id": AWS_ID, "aws_secret_access_key": AWS_SECRET, "region": "us-west-2"},
    fakes.aws_signed,
    ("amazon-bedrock", "aws-sts"),
)
BEDROCK_KEY = Door(
    "amazon-bedrock",
    {"api_key": f"ABSK{CANARY}", "region": "us-west-2"},
    with_header("authorization", f"Bearer ABSK{CANARY}"),
    ("amazon-bedrock", "aws-sts"),
)
XAI = Door("xai", {"api_key": f"xai-{CANARY}"}, with_header("authorization", f"Bearer xai-{CANARY}"), ("xai",))

HTML = Reply(404, b"<!DOCTYPE html><title>Error 404</title>", {"Content-Type": "text/html"})


def said(status: int, **error: Any) -> Reply:
    """An error in the shape of most, with a piece of the key in it."""
    return Reply(status, {"error": {"message": f"Incorrect {CANARY}", **error}})


def openai(name: str, reply: Reply | list[Reply], outcome: str, field: str | None, remedy: str) -> Case:
    return Case(OPENAI, name, {"GET /v1/models": reply}, outcome, field, remedy)


MODELS = Reply(200, {"object": "list", "data": [{"id": "gpt-5", "object": "model", "created": 1, "owned_by": "o"}]})
ELSEWHERE = "Attempted to access resource with incorrect regional hostname. Please make your request to "
CASES = [
    openai("200", MODELS, "valid", None, "accepts"),
    openai("200 of another shape", Reply(200, {"ok": True}), "unknown", None, "says nothing"),
    openai("401 bad key", said(401, code="invalid_api_key"), "invalid", "api_key", "Make a new one"),
    openai("401 invalid authentication", said(401, message="Invalid Authentication"), "invalid", "api_key", "new one"),
    openai("401 without JSON", Reply(401, b"<p>no"), "unknown", None, "says nothing"),
    *(
        openai(
            f"{status} {text}",
            said(status, message=f"You have {text}: api.model.read"),
            "restricted",
            "api_key",
            "list",
        )
        for status in (401, 403)
        for text in ("insufficient permissions", "Missing scopes")
    ),
    openai(
        "401 of us, good there",
        [said(401, code="incorrect_hostname", message=f"{ELSEWHERE}us.api.openai.com"), MODELS],
        "misconfigured",
        "data_residency",
        "Enter us as data_residency",
    ),
    openai(
        "401 of no region, good there",
        [said(401, code="incorrect_hostname", message=f"{ELSEWHERE}api.openai.com"), MODELS],
        "misconfigured",
        "data_residency",
        "Remove data_residency",
    ),
    openai(
        "401 of us, bad there",
        [said(401, code="incorrect_hostname", message=f"{ELSEWHERE}us.api.openai.com"), said(401)],
        "misconfigured",
        "data_residency",
        "another region",
    ),
    *(
        openai(
            f"401 of {host}",
            [said(401, code="incorrect_hostname", message=ELSEWHERE + host)],
            "misconfigured",
            "data_residency",
            "another region",
        )
        for host in ("us.api.openai.com.evil.com", "evil.com", "zz.api.openai.com", "")
    ),
    openai(
        "401 mismatched", said(401, code="mismatched_organization"), "misconfigured", "organization", "organization"
    ),
    openai("401 no organization", said(401, code="no_organization"), "misconfigured", "organization", "organization"),
    openai("401 address", said(401, message="IP not authorized"), "restricted", None, "Allow this service's"),
    openai("403", said(403), "restricted", "api_key", "permissions"),
    openai("403 country", said(403, code="unsupported_country_region_territory"), "restricted", None, "serves nobody"),
    openai("429", said(429, code="rate_limit_exceeded"), "rate_limited", None, "in a minute"),
    openai("429 no credit", said(429, code="insufficient_quota"), "rate_limited", None, "in a minute"),
    openai("500", said(500), "unreachable", None, "trouble of its own"),
    openai("503 without JSON", Reply(503, b"busy"), "unreachable", None, "trouble of its own"),
    openai("404", said(404), "unknown", None, "says nothing"),
    openai("302", Reply(302, b"", {"Location": "https://127.0.0.1/"}), "unknown", None, "says nothing"),
]


def anthropic(status: int, kind: str, outcome: str, field: str | None, remedy: str) -> Case:
    return Case(
        ANTHROPIC,
        f"{status} {kind}",
        {"GET /v1/models?limit=1": said(status, type=kind)},
        outcome,
        field,
        remedy,
    )


ANTHROPIC_LIST = Reply(200, {"data": [{"id": "claude-5", "display_name": "Claude 5"}], "has_more": False})
CASES += [
    Case(ANTHROPIC, "200", {"GET /v1/models?limit=1": ANTHROPIC_LIST}, "valid", None, "accepts"),
    anthropic(401, "authentication_error", "invalid", "api_key", "Make a new one"),
    anthropic(404, "not_found_error", "invalid", "api_key", "disabled or deleted"),
    Case(ANTHROPIC, "404 HTML", {"GET /v1/models": HTML}, "unknown", None, "says nothing"),
    *(
        anthropic(400, kind, "restricted", None, "on hold")
        for kind in ("organization_on_hold", "claude_code_key_creator_not_member", "cmek_key_disabled")
    ),
    anthropic(402, "billing_error", "restricted", None, "billing"),
    anthropic(403, "permission_error", "restricted", "api_key", "permissions"),
    anthropic(429, "rate_limit_error", "rate_limited", None, "in a minute"),
    anthropic(500, "api_error", "unreachable", None, "trouble"),
    anthropic(529, "overloaded_error", "unreachable", None, "trouble"),
    anthropic(418, "teapot", "unknown", None, "says nothing"),
]


def google_error(status: int, word: str, reason: str = "", message: str = CANARY) -> Reply:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}] if reason else []
    return Reply(status, {"error": {"code": status, "status": word, "message": message, "details": details}})


def google(name: str, reply: Reply, outcome: str, field: str | None, remedy: str) -> Case:
    return Case(GOOGLE, name, {"GET /v1beta/models?pageSize=1": reply}, outcome, field, remedy)


GOOGLE_LIST = Reply(200, {"models": [{"name": "models/gemini-3", "displayName": "Gemini 3"}]})
INVALID_KEY = google_error(400, "INVALID_ARGUMENT", "API_KEY_INVALID")
LEAKED = google_error(403, "PERMISSION_DENIED", message="Your API key was reported as leaked. Please use another.")
CASES += [
    google("200", GOOGLE_LIST, "valid", None, "accepts"),
    google("400 invalid", INVALID_KEY, "invalid", "api_key", "Google refused this key"),
    google("400 other", google_error(400, "INVALID_ARGUMENT"), "unknown", None, "says nothing"),
    google("400 place", google_error(400, "FAILED_PRECONDITION"), "restricted", None, "serves nobody"),
    google(
        "401",
        google_error(401, "UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"),
        "invalid",
        "api_key",
        "Google refused this key",
    ),
    google(
        "403 service", google_error(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), "restricted", "api_key", "Enable"
    ),
    google(
        "403 restricted",
        google_error(403, "PERMISSION_DENIED", "API_KEY_IP_ADDRESS_BLOCKED"),
        "restricted",
        "api_key",
        "p",
    ),
    google("403 leaked", LEAKED, "invalid", "api_key", "leaked"),
    google("429", google_error(429, "RESOURCE_EXHAUSTED"), "rate_limited", None, "minute"),
    google("503", google_error(503, "UNAVAILABLE"), "unreachable", None, "trouble"),
    google("404 HTML", HTML, "unknown", None, "says nothing"),
]

GIVEN = Reply(200, {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})
PLACE = "POST /v1/projects/your-project/locations/us-central1/publishers/google/models/"


def vertex_token(name: str, reply: Reply, outcome: str, field: str | None, remedy: str) -> Case:
    return Case(VERTEX, f"token: {name}", {"POST /token": reply}, outcome, field, remedy)


def vertex(name: str, reply: Reply, outcome: str, field: str | None, remedy: str) -> Case:
    return Case(VERTEX, name, {"POST /token": GIVEN, PLACE: reply}, outcome, field, remedy)


def grant(description: str, error: str = "invalid_grant") -> Reply:
    return Reply(400, {"error": error, "error_description": description})


DENIED = google_error(403, "PERMISSION_DENIED", "IAM_PERMISSION_DENIED")
COUNTED = Reply(200, {"totalTokens": 1})
CASES += [
    vertex_token("signature", grant("Invalid JWT Signature."), "invalid", "service_account", "Download a new key file"),
    vertex_token(
        "account", grant("Invalid grant: account not found"), "invalid", "service_account", "new service account"
    ),
    vertex_token(
        "clock", grant("Invalid JWT: Token must be a short-lived token (60 minutes)"), "unknown", None, "clock"
    ),
    vertex_token("other grant", grant("something new"), "unknown", None, "says nothing"),
    vertex_token("other error", grant("Invalid JWT Signature.", "invalid_scope"), "unknown", None, "says nothing"),
    vertex_token("503", Reply(503, {}), "unreachable", None, "trouble"),
    vertex("200", COUNTED, "valid", None, "accepts"),
    vertex(
        "404 of the model", google_error(404, "NOT_FOUND", message="Publisher Model x not found"), "valid", None, "a"
    ),
    vertex("404 HTML", HTML, "misconfigured", "location", "location"),
    vertex(
        "400 host",
        google_error(400, "INVALID_ARGUMENT", message="Invalid hostname: x"),
        "misconfigured",
        "location",
        "location",
    ),
    vertex("403", DENIED, "restricted", "service_account", "permissions"),
    vertex(
        "403 disabled",
        google_error(403, "PERMISSION_DENIED", "SERVICE_DISABLED"),
        "misconfigured",
        "project_id",
        "Enable it",
    ),
    vertex("401", google_error(401, "UNAUTHENTICATED"), "unknown", None, "says nothing"),
    vertex("429", google_error(429, "RESOURCE_EXHAUSTED"), "rate_limited", None, "minute"),
]
EXPRESS_PLACE = "POST /v1/publishers/google/models/"
CASES += [
    Case(EXPRESS, f"express: {name}", {EXPRESS_PLACE: reply}, outcome, field, remedy)
    for name, reply, outcome, field, remedy in [
        ("200", COUNTED, "valid", None, "accepts"),
        ("400", INVALID_KEY, "invalid", "api_key", "refused"),
        ("401", google_error(401, "UNAUTHENTICATED"), "invalid", "api_key", "refused"),
        ("403", DENIED, "restricted", "api_key", "permissions"),
        ("403 leaked", LEAKED, "invalid", "api_key", "leaked"),
        ("500", Reply(500, {}), "unreachable", None, "trouble"),
    ]
]

DEPLOYMENTS = "GET /openai/deployments?api-version=2023-03-15-preview"
AZURE_MODELS = "GET /openai/v1/models"
NOT_FOUND = said(404, code="404")
DEPLOYED = Reply(200, {"object": "list", "data": [{"id": "GPT", "model": "gpt-4o", "object": "deployment"}]})
UNDEPLOYED = Reply(200, {"object": "list", "data": [{"id": "another", "model": "gpt-4o"}]})
AZURE_ANSWERS: list[tuple[str, Replies, str, str | None, str]] = [
    ("200", {DEPLOYMENTS: DEPLOYED}, "valid", None, "accepts"),
    ("no deployment", {DEPLOYMENTS: UNDEPLOYED}, "misconfigured", "deployment_id", "five minutes"),
    ("200 of a web server", {DEPLOYMENTS: Reply(200, {"data": []})}, "unknown", None, "says nothing"),
    ("not listed", {DEPLOYMENTS: NOT_FOUND, AZURE_MODELS: MODELS}, "valid", None, "the deployment was not checked"),
    ("neither", {DEPLOYMENTS: NOT_FOUND, AZURE_MODELS: NOT_FOUND}, "unknown", None, "says nothing"),
    (
        "404 DeploymentNotFound",
        {DEPLOYMENTS: said(404, code="DeploymentNotFound")},
        "misconfigured",
        "deployment_id",
        "five",
    ),
    ("403", {DEPLOYMENTS: said(403, code="AccessDenied")}, "restricted", None, "network"),
    (
        "403 keys off",
        {DEPLOYMENTS: said(403, code="AuthenticationTypeDisabled")},
        "restricted",
        "api_key",
        "Use Entra ID",
    ),
    ("429", {DEPLOYMENTS: said(429)}, "rate_limited", None, "minute"),
    ("500", {DEPLOYMENTS: said(500)}, "unreachable", None, "trouble"),
]
CASES += [Case(AZURE, *answer) for answer in AZURE_ANSWERS]
CASES += [
    Case(AZURE, f"401 {code}", {DEPLOYMENTS: said(401, code=code)}, "invalid", "api_key", "another resource")
    for code in ("401", "Unauthorized", "PermissionDenied")
]
LOGIN = "POST /your-tenant/oauth2/v2.0/token"
CASES += [
    Case(ENTRA, f"Entra ID: {name}", {LOGIN: GIVEN, **replies}, outcome, field, remedy)
    for name, replies, outcome, field, remedy in AZURE_ANSWERS
    if name != "403 keys off"
]
CASES += [
    Case(ENTRA, "Entra ID: 401", {LOGIN: GIVEN, DEPLOYMENTS: said(401)}, "restricted", None, "permissions"),
    *(
        Case(
            ENTRA,
            f"Entra ID: {code}",
            {LOGIN: Reply(status, {"error": "x", "error_codes": [code]})},
            outcome,
            field,
            remedy,
        )
        for status, code, outcome, field, remedy in [
            (401, 7000215, "invalid", "client_secret", "refused this secret"),
            (401, 7000222, "invalid", "client_secret", "expired"),
            (400, 700016, "misconfigured", "client_id", "no such app"),
            (400, 90002, "misconfigured", "tenant_id", "no such tenant"),
            (400, 1, "unknown", None, "says nothing"),
        ]
    ),
]

FOUNDATION = "GET /foundation-models"
SUMMARIES = Reply(200, {"modelSummaries": [{"modelId": "amazon.nova", "modelName": "Nova"}]})


def aws_error(status: int, code: str) -> Reply:
    return Reply(status, {"message": f"The security token {CANARY}"}, {"x-amzn-errortype": f"{code}:http://x/"})


def sts_error(code: str) -> Reply:
    return Reply(403, {"Error": {"Code": code, "Message": CANARY, "Type": "Sender"}})


WHO = Reply(200, {"GetCallerIdentityResponse": {}})
UNRECOGNIZED = aws_error(403, "UnrecognizedClientException")
BEDROCK_ANSWERS: list[tuple[str, Reply, str, str | None, str]] = [
    ("200", SUMMARIES, "valid", None, "accepts"),
    ("AccessDenied", aws_error(403, "AccessDeniedException"), "restricted", None, "permissions"),
    ("NotAuthorized", aws_error(400, "NotAuthorized"), "restricted", None, "permissions"),
    ("Subscription", aws_error(403, "SubscriptionRequiredException"), "restricted", None, "not set up"),
    ("OptIn", aws_error(403, "OptInRequired"), "restricted", None, "not set up"),
    ("Throttling", aws_error(429, "ThrottlingException"), "rate_limited", None, "minute"),
    ("Validation", aws_error(400, "ValidationException"), "unknown", None, "says nothing"),
    ("Incomplete", aws_error(400, "IncompleteSignature"), "unknown", None, "says nothing"),
    ("Internal", aws_error(500, "InternalServerException"), "unreachable", None, "trouble"),
    ("Expired", aws_error(403, "ExpiredTokenException"), "unknown", "aws_session_token", "fresh"),
    ("a new 403", aws_error(403, "BrandNewException"), "unknown", None, "says nothing"),
]
CASES += [
    Case(BEDROCK, name, {FOUNDATION: reply}, outcome, field, remedy)
    for name, reply, outcome, field, remedy in BEDROCK_ANSWERS
]
CASES += [
    Case(
        BEDROCK,
        "InvalidSignature",
        {FOUNDATION: aws_error(403, "InvalidSignatureException")},
        "invalid",
        "aws_secret_access_key",
        "refused this secret",
    ),
    *(
        Case(
            BEDROCK,
            f"{code}, and STS: {name}",
            {FOUNDATION: aws_error(403, code), "POST /": replies},
            outcome,
            field,
            remedy,
        )
        for code in ("UnrecognizedClientException", "InvalidClientTokenId")
        for name, replies, outcome, field, remedy in [
            ("fine", [WHO], "misconfigured", "region", "region is off"),
            ("no such id", [sts_error("InvalidClientTokenId")] * 2, "invalid", "aws_access_key_id", "refused this key"),
            (
                "bad secret",
                [sts_error("SignatureDoesNotMatch")] * 2,
                "invalid",
                "aws_secret_access_key",
                "refused this secret",
            ),
            ("fine at last", [sts_error("SignatureDoesNotMatch"), WHO], "misconfigured", "region", "region is off"),
            ("expired", [sts_error("ExpiredToken")], "unknown", "aws_session_token", "session is over"),
            ("down", [Reply(503, {})], "unreachable", None, "trouble"),
            ("new", [sts_error("BrandNew")], "unknown", None, "says nothing"),
        ]
    ),
    Case(BEDROCK_KEY, "API key: 200", {FOUNDATION: SUMMARIES}, "valid", None, "accepts"),
    Case(
        BEDROCK_KEY,
        "API key: AccessDenied",
        {FOUNDATION: aws_error(403, "AccessDeniedException")},
        "restricted",
        None,
        "permissions",
    ),
    Case(BEDROCK_KEY, "API key: 403", {FOUNDATION: UNRECOGNIZED}, "unknown", "api_key", "may have expired"),
]


def xai(name: str, reply: Reply, outcome: str, field: str | None, remedy: str) -> Case:
    return Case(XAI, name, {"GET /v1/api-key": reply}, outcome, field, remedy)


def xai_key(**flags: Any) -> Reply:
    states = {"team_blocked": False, "api_key_blocked": False, "api_key_disabled": False}
    return Reply(200, {"redacted_api_key": f"xai-...{CANARY}", "api_key_id": "1", "acls": [], **states, **flags})


CASES += [
    xai("200", xai_key(), "valid", None, "accepts"),
    *(
        xai(f"200 {flag}", xai_key(**{flag: True}), "restricted", "api_key", "blocked or disabled")
        for flag in ("team_blocked", "api_key_blocked", "api_key_disabled")
    ),
    xai("200 of another shape", Reply(200, {"ok": 1}), "unknown", None, "says nothing"),
    xai(
        "400", Reply(400, {"code": "x", "error": f"Incorrect API key provided: {CANARY}."}), "invalid", "api_key", "new"
    ),
    xai("400 as an object", said(400, message="Incorrect API key provided"), "invalid", "api_key", "new"),
    xai("400 other", Reply(400, {"error": "something"}), "unknown", None, "says nothing"),
    xai("401", Reply(401, {"error": "no"}), "invalid", "api_key", "new"),
    xai("403", Reply(403, {"error": "no"}), "restricted", "api_key", "permissions"),
    xai("429", Reply(429, {}), "rate_limited", None, "minute"),
]
BEHIND = replace(AZURE, credentials={**AZURE.credentials, "endpoint": "https://apim.example.com/team/llm"})
CASES += [
    Case(
        BEHIND,
        "behind a gateway's path",
        {
            "GET /team/llm/openai/deployments?api-version=2023-03-15-preview": NOT_FOUND,
            "GET /team/llm/openai/v1/models": MODELS,
        },
        "valid",
        None,
        "the deployment was not checked",
    )
]
