import type { components, operations } from "./api";

type Config = components["schemas"]["LLMProviderConfig"];
type Answers = operations["createLlmProvider"]["responses"];

export const bedrock: Config = {
  provider: "amazon-bedrock",
  enabled: true,
  credentials: {
    aws_access_key_id: "AKIAYOURACCESSKEYID2",
    aws_secret_access_key: "your-secret-access-key",
    region: "us-west-2",
  },
};

export const bedrockByKey: Config = {
  provider: "amazon-bedrock",
  enabled: true,
  credentials: { api_key: "ABSKyour-bedrock-api-key", region: "us-west-2" },
};

export const entra: Config = {
  provider: "azure",
  enabled: true,
  credentials: {
    tenant_id: "your-tenant-id",
    client_id: "your-client-id",
    client_secret: "your-client-secret",
    endpoint: "https://your-resource.openai.azure.com",
    deployment_id: "your-deployment",
  },
};

export const vertexByKey: Config = {
  provider: "google-vertex",
  enabled: true,
  credentials: { api_key: "your-vertex-api-key" },
};

export function shown(config: Answers[200]["content"]["application/json"]): string {
  return config.provider === "amazon-bedrock" ? config.credentials.region : config.provider;
}

export function isTaken(conflict: components["responses"]["ConflictError"]["content"]["application/json"]): boolean {
  return conflict.error.code === "CONFLICT";
}
