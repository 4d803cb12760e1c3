"""What is published of the providers: slug and label, in the order in which they are listed everywhere."""

PUBLISHED = {
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "google": "Google",
    "google-vertex": "Google Vertex AI",
    "azure": "Azure OpenAI",
    "amazon-bedrock": "Amazon Bedrock",
    "xai": "xAI",
}
