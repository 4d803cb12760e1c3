// The client of typescript-fetch: each way into a provider, from the bodies that are handed over.
import { Configuration, LLMProviderConfigFromJSON, LLMProviderConfigToJSON, LLMProvidersApi } from "./typescript-fetch";

declare const process: { argv: string[] };

const [basePath, accessToken, bodies] = process.argv.slice(2);
const api = new LLMProvidersApi(new Configuration({ basePath, accessToken }));

async function main(): Promise<void> {
  const created = [];
  for (const body of JSON.parse(bodies)) {
    const lLMProviderConfig = LLMProviderConfigFromJSON(body);
    created.push(LLMProviderConfigToJSON(await api.createLlmProvider({ lLMProviderConfig })));
    await api.deleteLlmProvider({ provider: lLMProviderConfig.provider });
  }
  console.log(JSON.stringify({ created }));
}

main();
