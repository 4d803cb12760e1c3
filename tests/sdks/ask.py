"""Asks a provider by way of one of its SDKs, made from the environment and nothing else: python ask.py NAME."""

import inspect
import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

GEMINI = "gemini-2.5-flash"
QUESTION: Any = [{"role": "user", "content": "Are you there?"}]


def openai() -> None:
    from openai import OpenAI

    client = OpenAI(max_retries=0)
    client.models.list()
    client.chat.completions.create(model="gpt-5", messages=QUESTION)


def azure_openai() -> None:
    from openai import AzureOpenAI

    client = AzureOpenAI(max_retries=0)
    client.models.list()
    client.chat.completions.create(model=os.environ["AZURE_OPENAI_DEPLOYMENT"], messages=QUESTION)


def azure_identity() -> None:
    from azure.identity import EnvironmentCredential, get_bearer_token_provider
    from openai import AzureOpenAI

    provider = get_bearer_token_provider(EnvironmentCredential(), "https://cognitiveservices.azure.com/.default")
    client = AzureOpenAI(azure_ad_token_provider=provider, max_retries=0)
    client.models.list()
    client.chat.completions.create(model=os.environ["AZURE_OPENAI_DEPLOYMENT"], messages=QUESTION)


def anthropic() -> None:
    from anthropic import Anthropic

    client = Anthropic(max_retries=0)
    client.models.list()
    client.messages.create(model="claude", max_tokens=1, messages=QUESTION)


def google_genai() -> None:
    from google import genai

    client = genai.Client()
    list(client.models.list())
    client.models.count_tokens(model=GEMINI, contents="Are you there?")
    client.models.generate_content(model=GEMINI, contents="Are you there?")


def boto3() -> None:
    import boto3
    from botocore.config import Config

    once = Config(retries={"total_max_attempts": 1})
    boto3.client("bedrock", config=once).list_foundation_models()
    message = {"role": "user", "content": [{"text": "Are you there?"}]}
    boto3.client("bedrock-runtime", config=once).converse(modelId="nova", messages=[message])


def litellm(model: str) -> None:
    import litellm

    litellm.completion(model=model, messages=QUESTION, max_tokens=1, num_retries=0)


def xai_sdk() -> None:
    """Speaks gRPC, which the proxy does not: asked here, and told on standard output."""
    import grpc
    from google.protobuf.empty_pb2 import Empty
    from xai_sdk import Client

    def note(asked: Any) -> Any:
        headers = dict(asked.invocation_metadata)
        host = inspect.signature(Client).parameters["api_host"].default
        print(json.dumps({"host": host, "method": "POST", "target": asked.method, "headers": headers}))
        return grpc.unary_unary_rpc_method_handler(lambda _request, _context: Empty().SerializeToString())

    server = grpc.server(ThreadPoolExecutor(1))
    handler = type("Handler", (grpc.GenericRpcHandler,), {"service": lambda _self, asked: note(asked)})()
    server.add_generic_rpc_handlers([handler])
    port = server.add_insecure_port("localhost:0")
    server.start()
    without_proxy = [("grpc.enable_http_proxy", 0)]
    Client(
        api_host=f"localhost:{port}", use_insecure_channel=True, channel_options=without_proxy
    ).auth.get_api_key_info()
    server.stop(None)


CLIENTS: dict[str, Callable[[], None]] = {
    "openai": openai,
    "openai AzureOpenAI": azure_openai,
    "azure-identity": azure_identity,
    "anthropic": anthropic,
    "google-genai": google_genai,
    "boto3": boto3,
    "xai-sdk": xai_sdk,
    "litellm openai": lambda: litellm("openai/gpt-5"),
    "litellm anthropic": lambda: litellm("anthropic/claude"),
    "litellm gemini": lambda: litellm(f"gemini/{GEMINI}"),
    "litellm vertex_ai": lambda: litellm(f"vertex_ai/{GEMINI}"),
    "litellm azure": lambda: litellm(f"azure/{os.environ['AZURE_OPENAI_DEPLOYMENT']}"),
    "litellm bedrock": lambda: litellm("bedrock/converse/nova"),
    "litellm xai": lambda: litellm("xai/grok"),
}

if __name__ == "__main__":
    CLIENTS[sys.argv[1]]()
