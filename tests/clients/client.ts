// openapi-fetch on the types that openapi-typescript makes: create, be refused, list, patch.
import createClient from "openapi-fetch";
import type { paths } from "./api";

declare const process: { argv: string[] };

const [baseUrl, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const body = { provider: "openai" as const, enabled: true, credentials: { api_key: "sk-your-api-key" } };

async function main(): Promise<void> {
  const created = await client.POST("/v1/llm-providers", { body });
  const refused = await client.POST("/v1/llm-providers", { body });
  const listed = await client.GET("/v1/llm-providers", { params: { query: { enabled: true } } });
  const patched = await client.PATCH("/v1/llm-provider/{provider}", {
    params: { path: { provider: "openai" } },
    body: { credentials: { organization: "org-your-org-id" } },
  });
  console.log(
    JSON.stringify({
      created: created.data,
      refused: [refused.response.status, refused.error?.error.code],
      listed: listed.data?.providers,
      patched: patched.data,
    }),
  );
}

main();
