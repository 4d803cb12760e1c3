"""What is published: a provider that is added is added here, too."""

SLUGS = ["openai", "anthropic", "google", "google-vertex", "azure", "amazon-bedrock", "xai"]
