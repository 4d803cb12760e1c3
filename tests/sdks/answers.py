"""What the providers answer, as short as their SDKs take it."""

from urllib.parse import urlsplit

from tests.verification.https_server import Received, Reply

GOOGLE_TOKEN = "ya29.given-by-google"
ENTRA_TOKEN = "eyJ.given-by-entra"
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
LIST = {"object": "list", "data": [], "models": [], "has_more": False, "first_id": None, "last_id": None}
CHAT = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop"}],
    "usage": USAGE,
}
RESPONSE = {
    "id": "1",
    "object": "response",
    "created_at": 1,
    "model": "m",
    "status": "completed",
    "output": [
        {
            "type": "message",
            "id": "1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Yes", "annotations": []}],
        }
    ],
    "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
}
MESSAGE = {
    "id": "1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [{"type": "text", "text": "Yes"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}
CONTENT = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Yes"}]}, "finishReason": "STOP", "index": 0}],
    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
}
CONVERSATION = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Yes"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    "metrics": {"latencyMs": 1},
}
# By the end of the path.
ANSWERS = {
    "/chat/completions": CHAT,
    "/responses": RESPONSE,
    "/messages": MESSAGE,
    ":generateContent": CONTENT,
    ":countTokens": {"totalTokens": 1},
    "/converse": CONVERSATION,
    "/foundation-models": {"modelSummaries": []},
    "/models": LIST,
    "/oauth2/v2.0/token": {"token_type": "Bearer", "expires_in": 3600, "access_token": ENTRA_TOKEN},
    "/token": {"token_type": "Bearer", "expires_in": 3600, "access_token": GOOGLE_TOKEN},
}


def answer(host: str, request: Received) -> Reply:
    path = urlsplit(request.target).path
    if path.endswith("/.well-known/openid-configuration"):
        tenant = f"https://{host}{path.removesuffix('/v2.0/.well-known/openid-configuration')}"
        endpoints = {"authorization_endpoint": "authorize", "token_endpoint": "token", "issuer": "issuer"}
        return Reply(body={name: f"{tenant}/oauth2/v2.0/{last}" for name, last in endpoints.items()})
    found = next((body for end, body in ANSWERS.items() if path.endswith(end)), None)
    return Reply(404, {"error": {"message": "No such path."}}) if found is None else Reply(body=found)
