"""Wrong credentials: each value that no field takes, for each field of each provider; and the particulars."""

import json
from typing import Any

from llm_providers.providers import PROVIDERS, Provider
from tests.torture.corpus.case import CANARY, CREATE, Case
from tests.ways import fields_of, name_of, through_each_way

WRONG = {
    "null": None,
    "true": True,
    "a number": 7141,
    "an array": [CANARY],
    "an object": {CANARY: CANARY},
    "an empty string": "",
    "white space": " \t ",
    "inner white space": f"{CANARY} {CANARY}",
    "a line break": f"{CANARY}\r\nX-Injected: 1",
    "a control character": f"{CANARY}\x07",
    "a delete character": f"{CANARY}\x7f",
    "an accent": f"{CANARY}é",
    "Arabic-Indic digits": f"{CANARY}\u0667\u0661\u0664\u0661",
    "text that turns its direction": f"{CANARY}\u202eabc",
    "an emoji": f"{CANARY}🔑",
    "20,000 characters": CANARY + "a" * 20_000,
    "a masked value": f"{CANARY}***",
}
ENDPOINTS = [
    f"http://{CANARY}.openai.azure.com",
    f"ftp://{CANARY}.openai.azure.com",
    f"//{CANARY}.openai.azure.com",
    f"{CANARY}.openai.azure.com",
    f"https:{CANARY}.openai.azure.com",
    f"javascript:{CANARY}",
    f"file:///{CANARY}",
    f"https://{CANARY}@your.openai.azure.com",
    f"https://user:{CANARY}@your.openai.azure.com",
    f"https://{CANARY}.openai.azure.com:8443",
    f"https://{CANARY}.openai.azure.com:99999",
    f"https://{CANARY}.openai.azure.com:\u0664\u0664٣",
    f"https://{CANARY}.openai.azure.com#fragment",
    f"https://{CANARY}.openai.azure.com.evil.example",
    f"https://evil.example/{CANARY}.openai.azure.com",
    f"https://evil.example?{CANARY}.openai.azure.com",
    f"https://evil.example\\{CANARY}.openai.azure.com",
    f"https://a.{CANARY}.openai.azure.com",
    f"https://{CANARY}openai.azure.com.",
    f"https://-{CANARY}.openai.azure.com",
    f"https://{CANARY}%2e.openai.azure.com",
    f"https://{CANARY}。openai.azure.com",
    f"https://169.254.169.254/{CANARY}",
    f"https://127.0.0.1/{CANARY}",
    f"https://[::1]/{CANARY}",
    f"https://[{CANARY}",
    f"https://]{CANARY}",
    "https://",
    "https://.openai.azure.com",
]
ENCRYPTED_KEY = f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{CANARY}\n-----END ENCRYPTED PRIVATE KEY-----\n"
KEY_FILES: dict[str, Any] = {
    "of another type": {"type": "authorized_user"},
    "with a secret for a type": {"type": CANARY},
    "with a key that is none": {"private_key": CANARY},
    "with an empty key": {"private_key": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"},
    "with an encrypted key": {"private_key": ENCRYPTED_KEY},
    "with a certificate": {"private_key": f"-----BEGIN CERTIFICATE-----\n{CANARY}\n-----END CERTIFICATE-----\n"},
    "with a key that is a number": {"private_key": 7141},
    "with a masked key": {"private_key": "***"},
    "with a masked key id": {"private_key_id": f"{CANARY}***"},
    "without an address": {"client_email": None},
    "with an address without @": {"client_email": CANARY},
    "with CR LF in its address": {"client_email": f"{CANARY}@x.example\r\nBcc: y@x.example"},
    "with an odd project": {"project_id": f"../{CANARY}"},
    "with a number for a client": {"client_id": 7141},
    "with another universe": {"universe_domain": f"{CANARY}.example"},
    "with an unknown member": {CANARY: CANARY},
    "with a number for a URL": {"token_uri": 7141},
}
PARTICULARS: dict[str, tuple[str, dict[str, Any]]] = {
    "a key of Anthropic's under OpenAI": ("openai", {"api_key": f"sk-ant-{CANARY}"}),
    "a key of xAI's under OpenAI": ("openai", {"api_key": f"xai-{CANARY}"}),
    "a key of OpenAI's under Anthropic": ("anthropic", {"api_key": CANARY}),
    "a key without its prefix": ("openai", {"api_key": f"Bearer-{CANARY}"}),
    "a region with a slash": ("amazon-bedrock", {"region": f"us-west-2/{CANARY}"}),
    "a region with a host": ("amazon-bedrock", {"region": f"us-west-2.{CANARY}.example"}),
    "a temporary key alone": ("amazon-bedrock", {"aws_access_key_id": f"ASIA{CANARY.replace('-', '')}"}),
    "a location with a path": ("google-vertex", {"location": f"global/../{CANARY}"}),
    "a deployment with a path": ("azure", {"deployment_id": f"../{CANARY}"}),
}


def create(name: str, slug: str, changes: dict[str, Any], provider: type[Provider] | None = None) -> Case:
    """The provider's example with changes; a field of `...` is left out."""
    credentials = {**(provider or PROVIDERS.get(slug)).example, **changes}
    sent = {field: value for field, value in credentials.items() if value is not ...}
    body = json.dumps({"provider": slug, "credentials": sent}).encode()
    return Case(name, 400, "POST", CREATE, body=body)


IN_EACH_WAY = [each for declared in PROVIDERS for each in through_each_way(declared)]
FIELDS = [(provider, name) for provider in IN_EACH_WAY for name in fields_of(provider)]
REQUIRED = [(provider, name) for provider, name in FIELDS if fields_of(provider)[name].required]
MIXED = [
    (provider, way)
    for provider in IN_EACH_WAY
    for way in provider.Credentials.ways[1:]
    if way.example != provider.example
]
KEY_FILE = PROVIDERS.get("google-vertex").example["service_account"]

CASES = [
    *(
        create(f"{name_of(provider)} takes no {name} for {field}", provider.slug, {field: value}, provider)
        for provider, field in FIELDS
        for name, value in WRONG.items()
    ),
    *(
        create(f"{name_of(provider)} misses {field}", provider.slug, {field: ...}, provider)
        for provider, field in REQUIRED
    ),
    *(
        create(f"{name_of(provider)} takes no {way.label} beside", provider.slug, dict(way.example), provider)
        for provider, way in MIXED
    ),
    *(create(f"{slug} takes no secret for a name", slug, {CANARY: CANARY}) for slug in PROVIDERS.slugs()),
    *(create(f"azure takes no endpoint {url}", "azure", {"endpoint": url}) for url in ENDPOINTS),
    *(
        create(f"google-vertex takes no key file {name}", "google-vertex", {"service_account": {**KEY_FILE, **changes}})
        for name, changes in KEY_FILES.items()
    ),
    *(
        create(
            f"google-vertex takes no text of a key file {name}",
            "google-vertex",
            {"service_account": json.dumps({**KEY_FILE, **changes})},
        )
        for name, changes in KEY_FILES.items()
    ),
    *(create(name, provider, changes) for name, (provider, changes) in PARTICULARS.items()),
]
