"""What the README and the documents beside it show is what the code does."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from llm_providers.api.errors import CODES
from llm_providers.migrations import __path__ as migrations_path
from llm_providers.providers import PROVIDERS, Provider, Registry
from llm_providers.providers.ways import Way
from tests.client import API
from tests.ways import name_of, through_each_way

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PROVIDERS_DOCUMENT = (ROOT / "docs" / "providers.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def json_blocks(document: str) -> list[Any]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", document, re.DOTALL)]


def section(title: str, document: str = README) -> str:
    return document.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def rows(title: str, document: str = README) -> list[list[str]]:
    lines = [line for line in section(title, document).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.django_db
def test_the_request_gets_the_answers_that_are_shown(api: API) -> None:
    request = re.search(r"-d '(.*?)'", section("One request"), re.DOTALL)
    assert request
    answer, conflict = json_blocks(README)[:2]
    assert api.post("/v1/llm-providers", json.loads(request[1])).json() == answer
    assert api.post("/v1/llm-providers", json.loads(request[1])).json() == conflict


@pytest.mark.django_db
@pytest.mark.parametrize(
    "provider", [each for declared in PROVIDERS for each in through_each_way(declared)], ids=name_of
)
def test_each_way_into_a_provider_has_an_example_that_is_accepted(api: API, provider: type[Provider]) -> None:
    example = {"provider": provider.slug, "credentials": provider.example}
    assert example in json_blocks(PROVIDERS_DOCUMENT)
    assert api.post("/v1/llm-providers", example).status_code == 200


@pytest.mark.django_db
def test_the_error_that_is_shown_is_the_error_that_is_answered(api: API) -> None:
    shown = next(block for block in json_blocks(README) if "details" in block.get("error", {}))
    body = {"provider": "openai", "credentials": {"api_key": "wrong"}}
    assert api.post("/v1/llm-providers", body).json() == shown


@pytest.mark.once
def test_the_credentials_table_is_the_declarations() -> None:
    expected: list[list[str]] = []
    for provider in PROVIDERS:
        examples: dict[str, Any] = {}
        for each in through_each_way(provider):
            examples = {**each.second_example, **each.example, **examples}
        masked = PROVIDERS.mask(provider.slug, examples)
        for name, field in provider.Credentials.declared().items():
            way = provider.Credentials.belongs(name)
            shown = f"`{masked[name]}`" if field.masked else "in clear"
            expected.append(
                [
                    f"`{provider.slug}`" if not any(row[0] == f"`{provider.slug}`" for row in expected) else "",
                    way.label if way else "",
                    f"**`{name}`**" if field.required else f"`{name}`",
                    "an object; its keys `***`, the rest in clear" if isinstance(masked[name], dict) else shown,
                ]
            )
    assert rows("Credentials of each provider", PROVIDERS_DOCUMENT) == expected


def environment_rows() -> list[list[str]]:
    """Each way with what its fields are written to and its constants, and with what is unset."""
    return [
        [
            f"`{provider.slug}`",
            getattr(way, "label", ""),
            "; ".join(
                [
                    *(
                        f"{name}: {code(variable.name for variable in field.env)}"
                        for name, field in provider.Credentials.declared_for(way).items()
                    ),
                    *(f"else `{name}={value}`" for name, value in provider.Credentials.constants.items()),
                ]
            ),
            code([*getattr(way, "unset", ()), *provider.Credentials.unset]),
        ]
        for provider in PROVIDERS
        for way in ways_of(provider)
    ]


def ways_of(provider: type[Provider]) -> Sequence[Way | None]:
    return provider.Credentials.ways or [None]


def code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


@pytest.mark.once
def test_the_environment_table_is_the_declarations() -> None:
    assert rows("Environment names", PROVIDERS_DOCUMENT) == environment_rows()


@pytest.mark.once
def test_the_short_table_of_providers_is_the_declarations() -> None:
    expected = [
        [
            f"`{provider.slug}`",
            getattr(way, "label", ""),
            ", ".join(f"**`{name}`**" if field.required else f"`{name}`" for name, field in fields.items()),
            code(field.env[0].name for field in fields.values()),
        ]
        for provider in PROVIDERS
        for way in ways_of(provider)
        for fields in [provider.Credentials.declared_for(way)]
    ]
    assert rows("Credentials of each provider") == expected


@pytest.mark.once
def test_the_error_table_is_complete() -> None:
    listed = [(int(status), code) for status, codes, _when in rows("Errors") for code in re.findall("`(.*?)`", codes)]
    assert sorted(listed) == sorted(
        [
            *CODES.items(),
            (403, "HTTPS_REQUIRED"),
            (409, "PROVIDER_DISABLED"),
            (409, "NOTHING_TO_UNDO"),
            (409, "NOTHING_TO_RETIRE"),
            (503, "CREDENTIALS_UNREADABLE"),
        ]
    )


@pytest.mark.once
def test_the_settings_table_is_what_the_settings_read() -> None:
    source = (ROOT / "refactor_site" / "settings.py").read_text()
    read = set(
        re.findall(
            r"(?:boolean|choice|integer|items|domain_suffixes|origins|networks|ca_file|oidc_issuers|optional|single_key"
            r"|key_ring)"
            r'\(\s*"([A-Z_]+)"',
            source,
        )
    )
    assert {row[0].strip("`") for row in rows("Settings")} == read | {"ENV_FILE"}


@pytest.mark.once
def test_the_groups_are_those_the_migration_makes() -> None:
    source = (Path(migrations_path[0]) / "0002_groups.py").read_text()
    assert [row[0] for row in rows("Who may do what")] == re.findall(r'"(LLM provider \w+)": \[', source)


@pytest.mark.django_db
def test_the_six_requests_of_day_two_work_in_their_order(api: API) -> None:
    api.post("/v1/llm-providers", {"provider": "openai", "credentials": {"api_key": "sk-first"}})
    commands = re.findall(r"```sh\n(.*?)```", section("Day two"), re.DOTALL)
    statuses = []
    for command in commands:
        method = re.search(r"-X (\w+)", command)
        path = re.search(r"http://127.0.0.1:8000(/[^\s\"]+)", command)
        body = re.search(r"-d '(.*?)'", command)
        assert path
        sent = json.loads(body[1]) if body else None
        statuses.append(api.request(method[1] if method else "GET", path[1], sent).status_code)
    assert statuses == [200] * 6


@pytest.mark.once
def test_the_make_targets_that_are_named_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = [target for document in DOCUMENTS for target in re.findall(r"`make ([\w-]+)`", document.read_text())]
    assert named
    assert [target for target in named if f"\n{target}:" not in makefile] == []


@pytest.mark.once
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_each_link_between_the_documents_leads_to_a_heading(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", document.read_text())
    lost = []
    for path, anchor in links:
        target = document.parent / path if path else document
        if not target.is_file() or (anchor and anchor not in anchors(target)):
            lost.append(f"{path}#{anchor}")
    assert lost == []


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.once
def test_the_provider_that_is_shown_works() -> None:
    block = re.search(r"```python\n(.*?class Mistral.*?)```", section("Add a provider", PROVIDERS_DOCUMENT), re.DOTALL)
    assert block
    names: dict[str, Any] = {"__name__": "mistral"}
    exec(block[1], names)
    mistral = names["Mistral"]
    registry = Registry([mistral])
    cleaned = registry.clean("mistral", mistral.example)
    assert registry.mask("mistral", cleaned) == {"api_key": "***"}
