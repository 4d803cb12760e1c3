// Asks a provider by way of the AI SDK, made from the environment and nothing else: node ask.mjs NAME.
import { bedrock } from "@ai-sdk/amazon-bedrock";
import { anthropic } from "@ai-sdk/anthropic";
import { azure } from "@ai-sdk/azure";
import { google } from "@ai-sdk/google";
import { vertex } from "@ai-sdk/google-vertex";
import { vertex as vertexOnTheEdge } from "@ai-sdk/google-vertex/edge";
import { openai } from "@ai-sdk/openai";
import { xai } from "@ai-sdk/xai";
import { EnvHttpProxyAgent, setGlobalDispatcher } from "undici";

setGlobalDispatcher(new EnvHttpProxyAgent()); // Node.js 20 itself knows no proxy

const MODELS = {
  "@ai-sdk/amazon-bedrock": () => bedrock("nova"),
  "@ai-sdk/anthropic": () => anthropic("claude"),
  "@ai-sdk/azure": () => azure(process.env.AZURE_OPENAI_DEPLOYMENT),
  "@ai-sdk/google": () => google("gemini-2.5-flash"),
  "@ai-sdk/google-vertex": () => vertex("gemini-2.5-flash"),
  "@ai-sdk/google-vertex/edge": () => vertexOnTheEdge("gemini-2.5-flash"),
  "@ai-sdk/openai": () => openai("gpt-5"),
  "@ai-sdk/xai": () => xai("grok"),
};

const prompt = [{ role: "user", content: [{ type: "text", text: "Are you there?" }] }];
await MODELS[process.argv[2]]().doGenerate({ prompt });
