"""Asks a provider by way of one of its SDKs, made from the environment and nothing else: python ask.py NAME."""

import os
import sys
from collections.abc import Callable
from typing import Any

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
    client.models.generate_content(model="gemini", contents="Are you there?")


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


CLIENTS: dict[str, Callable[[], None]] = {
    "openai": openai,
    "openai AzureOpenAI": azure_openai,
    "azure-identity": azure_identity,
    "anthropic": anthropic,
    "google-genai": google_genai,
    "boto3": boto3,
    "litellm openai": lambda: litellm("openai/gpt-5"),
    "litellm anthropic": lambda: litellm("anthropic/claude"),
    "litellm gemini": lambda: litellm("gemini/gemini"),
    "litellm vertex_ai": lambda: litellm("vertex_ai/gemini"),
    "litellm azure": lambda: litellm(f"azure/{os.environ['AZURE_OPENAI_DEPLOYMENT']}"),
    "litellm bedrock": lambda: litellm("bedrock/converse/nova"),
    "litellm xai": lambda: litellm("xai/grok"),
}

if __name__ == "__main__":
    CLIENTS[sys.argv[1]]()
