import assert from "node:assert/strict";
import { isAxiosError } from "axios";
import { AuditEventsApi, Configuration, type ConflictError, LLMProvidersApi } from "./generated/axios";

const configuration = new Configuration({ basePath: process.env.URL, accessToken: process.env.TOKEN });
const api = new LLMProvidersApi(configuration);

async function main(): Promise<void> {
  const credentials = { api_key: "sk-your-api-key", organization: "org-your-org-id" };
  const masked = { provider: "openai", enabled: true, credentials: { api_key: "sk-***", organization: "org-***" } };
  assert.deepEqual((await api.createLlmProvider({ provider: "openai", credentials })).data, masked);
  const again: unknown = await api.createLlmProvider({ provider: "openai", credentials }).catch((error: unknown) => error);
  assert(isAxiosError<ConflictError>(again));
  assert.equal(again.response?.data.error.code, "CONFLICT");
  assert.deepEqual((await api.listLlmProviders(true)).data, { providers: [masked] });
  const change = { enabled: false, credentials: { organization: null } };
  const patched = await api.patchLlmProvider("openai", change);
  assert.deepEqual(patched.data, { provider: "openai", enabled: false, credentials: { api_key: "sk-***" } });
  assert.deepEqual((await api.getLlmProvider("openai")).data, patched.data);
  const events = await new AuditEventsApi(configuration).listAuditEvents(undefined, "update");
  assert.deepEqual(events.data.events.map((event) => event.action), ["update"]);
}

void main();
