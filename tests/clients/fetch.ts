// The client that openapi-generator's typescript-fetch makes: create, be refused, list, patch.
import { Configuration, LLMProvidersApi, ResponseError } from "./typescript-fetch";

declare const process: { argv: string[] };

const [basePath, accessToken] = process.argv.slice(2);
const api = new LLMProvidersApi(new Configuration({ basePath, accessToken }));
const lLMProviderConfig = {
  provider: "openai" as const,
  enabled: true,
  credentials: { apiKey: "sk-your-api-key" },
};

async function refusal(): Promise<[number, string]> {
  try {
    await api.createLlmProvider({ lLMProviderConfig });
    return [200, ""];
  } catch (error) {
    const { response } = error as ResponseError;
    return [response.status, (await response.json()).error.code];
  }
}

async function main(): Promise<void> {
  const created = await api.createLlmProvider({ lLMProviderConfig });
  const refused = await refusal();
  const { providers } = await api.listLlmProviders({ enabled: true });
  const patched = await api.patchLlmProvider({
    provider: "openai",
    lLMProviderConfigPatch: { credentials: { organization: "org-your-org-id" } },
  });
  console.log(JSON.stringify({ created, refused, listed: providers, patched }));
}

main();
