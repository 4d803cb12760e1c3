// The client that openapi-generator's typescript-fetch makes: create, be refused, list, patch, rotate.
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
  const provider = "openai" as const;
  const { owner } = await api.patchLlmProviderRotation({ provider, rotationPolicy: { owner: "ml-platform" } });
  await api.patchLlmProvider({ provider, lLMProviderConfigPatch: { credentials: { apiKey: "sk-your-next-key" } } });
  const rotation = await api.getLlmProviderRotation({ provider });
  const undone = await api.undoLlmProviderRotation({ provider });
  const retired = await api.retireLlmProviderCredentials({ provider });
  console.log(
    JSON.stringify({
      created,
      refused,
      listed: providers,
      patched,
      owner,
      previous: rotation.previous?.version,
      undone,
      retired: retired.previous,
    }),
  );
}

main();
