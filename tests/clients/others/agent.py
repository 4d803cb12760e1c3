"""The tools that FastMCP makes of openapi.yaml work, and each says what it does."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import httpx2
import yaml
from fastmcp import Client, FastMCP

OPENAI = {"provider": "openai", "credentials": {"api_key": "sk-your-api-key", "organization": "org-your-org-id"}}
MASKED = {"provider": "openai", "enabled": True, "credentials": {"api_key": "sk-***", "organization": "org-***"}}
SWITCHED_OFF = {"provider": "openai", "enabled": False, "credentials": {"api_key": "sk-***"}}


async def main(document: dict[str, Any]) -> None:
    http = httpx2.AsyncClient(base_url=os.environ["URL"], headers={"Authorization": f"Bearer {os.environ['TOKEN']}"})
    tools = FastMCP.from_openapi(document, client=http)
    async with http, Client(tools) as agent:

        async def ask(tool: str, **arguments: Any) -> Any:
            return (await agent.call_tool(tool, arguments)).structured_content

        assert [tool.name for tool in await agent.list_tools() if not tool.description] == []
        assert await ask("createLlmProvider", **OPENAI) == {"result": MASKED}  # a union is wrapped
        refused = await agent.call_tool("createLlmProvider", OPENAI, raise_on_error=False)
        assert refused.is_error
        assert "Configuration already exists for provider: openai" in str(refused.content), refused
        assert await ask("listLlmProviders", enabled=True) == {"providers": [MASKED]}
        change = {"enabled": False, "credentials": {"organization": None}}
        # The body may name the provider as well, so that of the path is called otherwise.
        assert await ask("patchLlmProvider", provider__path="openai", **change) == {"result": SWITCHED_OFF}
        assert await ask("getLlmProvider", provider="openai") == {"result": SWITCHED_OFF}
        assert [event["action"] for event in (await ask("listAuditEvents", limit=1))["events"]] == ["update"]


asyncio.run(main(yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))))
