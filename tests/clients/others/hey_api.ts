import assert from "node:assert/strict";
import { client } from "./generated/hey-api/client.gen";
import { createLlmProvider, getLlmProvider, listAuditEvents, listLlmProviders, patchLlmProvider } from "./generated/hey-api";

client.setConfig({ baseUrl: process.env.URL, auth: () => process.env.TOKEN });

async function main(): Promise<void> {
  const credentials = { api_key: "sk-your-api-key", organization: "org-your-org-id" };
  const masked = { provider: "openai", enabled: true, credentials: { api_key: "sk-***", organization: "org-***" } };
  const created = await createLlmProvider({ body: { provider: "openai", credentials } });
  assert.deepEqual(created.data, masked);
  const again = await createLlmProvider({ body: { provider: "openai", credentials } });
  assert.equal(again.error?.error.code, "CONFLICT");
  assert.deepEqual((await listLlmProviders({ query: { enabled: true } })).data, { providers: [masked] });
  const change = { enabled: false, credentials: { organization: null } };
  const patched = await patchLlmProvider({ path: { provider: "openai" }, body: change });
  assert.deepEqual(patched.data, { provider: "openai", enabled: false, credentials: { api_key: "sk-***" } });
  assert.deepEqual((await getLlmProvider({ path: { provider: "openai" } })).data, patched.data);
  const events = await listAuditEvents({ query: { limit: 1 } });
  assert.deepEqual(events.data?.events.map((event) => event.action), ["update"]);
}

void main();
