// openapi-fetch on the types that openapi-typescript makes: create, be refused, list, patch, rotate.
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
  const path = { provider: "openai" as const };
  const policy = await client.PATCH("/v1/llm-provider/{provider}/rotation", {
    params: { path },
    body: { owner: "ml-platform", rotate_every_days: null },
  });
  await client.PATCH("/v1/llm-provider/{provider}", {
    params: { path },
    body: { credentials: { api_key: "sk-your-next-key" } },
  });
  const rotation = await client.GET("/v1/llm-provider/{provider}/rotation", { params: { path } });
  const undone = await client.POST("/v1/llm-provider/{provider}/rotation/undo", { params: { path } });
  const retired = await client.POST("/v1/llm-provider/{provider}/rotation/retire", { params: { path } });
  const nothing = await client.POST("/v1/llm-provider/{provider}/rotation/undo", { params: { path } });
  console.log(
    JSON.stringify({
      created: created.data,
      refused: [refused.response.status, refused.error?.error.code],
      listed: listed.data?.providers,
      patched: patched.data,
      owner: policy.data?.owner,
      previous: rotation.data?.previous?.version,
      undone: undone.data,
      retired: retired.data?.previous,
      nothing: nothing.error?.error.code,
    }),
  );
}

main();
