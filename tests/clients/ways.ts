// openapi-fetch: each way into a provider, from the bodies that are handed over; one change of the way.
import createClient from "openapi-fetch";
import type { components, paths } from "./api";

declare const process: { argv: string[] };

const [baseUrl, token, bodies] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

async function main(): Promise<void> {
  const created = [];
  for (const body of JSON.parse(bodies) as components["schemas"]["LLMProviderConfig"][]) {
    created.push((await client.POST("/v1/llm-providers", { body })).data);
    await client.DELETE("/v1/llm-provider/{provider}", { params: { path: { provider: body.provider } } });
  }
  const azure: components["schemas"]["AzureCredentials"] = {
    api_key: "your-azure-api-key",
    endpoint: "https://your-resource.openai.azure.com",
    deployment_id: "your-deployment",
  };
  await client.POST("/v1/llm-providers", { body: { provider: "azure", enabled: true, credentials: azure } });
  const changed = await client.PATCH("/v1/llm-provider/{provider}", {
    params: { path: { provider: "azure" } },
    body: {
      credentials: {
        api_key: null,
        tenant_id: "your-tenant-id",
        client_id: "your-client-id",
        client_secret: "your-client-secret",
      },
    },
  });
  console.log(JSON.stringify({ created, changed: changed.data }));
}

main();
