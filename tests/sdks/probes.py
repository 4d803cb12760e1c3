"""What our own probes ask, beside what the official SDKs ask: the same, or otherwise for a reason."""

from collections.abc import Generator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from llm_providers.providers import get_provider
from llm_providers.providers.probe import Answer, AWSSignature, GoogleAssertion, Kind, Question
from llm_providers.verification.signing import signed_for_aws, signed_for_google
from tests.sdks.answers import answer
from tests.sdks.internet import Arrival
from tests.sdks.seen import Seen, seen
from tests.verification.https_server import Received

# Why, by provider and the end of the path.
OTHERWISE = {
    ("anthropic", "/v1/models"): "x-api-key and 2023-06-01, which every key takes; the SDK has moved on",
    ("google", "/v1beta/models"): "v1beta, as documented and as the AI SDK asks; google-genai asks v1",
    ("google-vertex", ":countTokens"): "v1, the stable one; google-genai asks v1beta1",
    ("google-vertex", "/publishers/google/models"): "the catalogue is asked at the global host, where it is the same",
    ("azure", "/openai/deployments"): "the only question that tells of deployments, and no SDK asks it",
    ("azure", "/openai/v1/models"): "needs no API version, so that a mistyped one is not taken for a bad key",
    ("xai", "/v1/api-key"): "tells of the key; the SDK asks the same over gRPC",
    ("xai", "/v1/models"): "the list over HTTP; the SDK asks for it over gRPC",
}


def asked(provider: str, credentials: Mapping[str, Any], public_key: Any) -> list[Seen]:
    """What both probes of a provider ask, each question once and without its query."""
    declared = get_provider(provider)
    probes = [probe(credentials) for probe in (declared.verify, declared.list_models) if probe]
    found = []
    for probe in probes:
        for question in _questions(probe):
            line, proof = seen(_arrival(question), credentials, public_key)
            found.append(Seen(line.partition("?")[0], proof))
    return [each for number, each in enumerate(found) if each not in found[:number]]


def judge(provider: str, probes: Sequence[Seen], sdk: Sequence[Seen]) -> tuple[list[tuple[str, str]], list[str]]:
    """Each question of the probes with how it stands to the SDK's; and what is wrong."""
    same = [Seen(line.partition("?")[0], proof) for line, proof in sdk]
    told, wrong = [], []
    for each in probes:
        reason = next(
            (why for (slug, end), why in OTHERWISE.items() if slug == provider and each.line.endswith(end)), ""
        )
        told.append((each.line, "as the SDK" if each in same else reason))
        if each not in same and not reason:
            wrong.append(f"{each.line} {each.proof}: no SDK asks so, and no reason is given")
    return told, wrong


def _questions(probe: Generator[Question, Answer, Any]) -> list[Question]:
    """All that a probe asks when it is answered as the SDKs are."""
    questions = []
    try:
        question = next(probe)
        while True:
            questions.append(question)
            arrival = _arrival(question)
            reply = answer(arrival.host, arrival.request)
            question = probe.send(Answer(Kind.JSON, reply.status, json=reply.body))
    except StopIteration:
        return questions


def _arrival(question: Question) -> Arrival:
    """The question as it would arrive, signed."""
    signature = question.signature
    if isinstance(signature, GoogleAssertion):
        question = signed_for_google(question, signature)
    elif isinstance(signature, AWSSignature):
        question = signed_for_aws(question, signature)
    url = urlsplit(question.url)
    host = url.hostname or ""
    headers = {"host": host} | {name.lower(): value for name, value in question.headers.items()}
    target = f"{url.path}?{url.query}" if url.query else url.path
    return Arrival(host, Received(question.method, target, headers, question.body or b""))
