import assert from "node:assert/strict";
import { createLlmProvider, getLlmProvider, listAuditEvents, listLlmProviders, patchLlmProvider } from "./generated/orval";

const options = { headers: { Authorization: `Bearer ${process.env.TOKEN}` } };

async function main(): Promise<void> {
  const credentials = { api_key: "sk-your-api-key", organization: "org-your-org-id" };
  const masked = { provider: "openai", enabled: true, credentials: { api_key: "sk-***", organization: "org-***" } };
  const created = await createLlmProvider({ provider: "openai", credentials }, undefined, options);
  assert.deepEqual([created.status, created.data], [200, masked]);
  const again = await createLlmProvider({ provider: "openai", credentials }, undefined, options);
  assert(again.status === 409);
  assert.equal(again.data.error.code, "CONFLICT");
  assert.deepEqual((await listLlmProviders({ enabled: true }, options)).data, { providers: [masked] });
  const change = { enabled: false, credentials: { organization: null } };
  const patched = await patchLlmProvider("openai", change, undefined, options);
  assert.deepEqual(patched.data, { provider: "openai", enabled: false, credentials: { api_key: "sk-***" } });
  assert.deepEqual((await getLlmProvider("openai", options)).data, patched.data);
  const events = await listAuditEvents({ limit: 1 }, options);
  assert(events.status === 200);
  assert.deepEqual(events.data.events.map((event) => event.action), ["update"]);
}

void main();
