import type { components } from "./api";

export const withoutEndpoint: components["schemas"]["LLMProviderConfig"] = {
  provider: "azure",
  enabled: true,
  credentials: { api_key: "your-azure-api-key", deployment_id: "your-deployment" },
};
