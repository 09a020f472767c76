import { unreachable } from "@/domain/assert.ts";
import type { ProviderSettings } from "@/server/env.ts";
import type { LlmProvider } from "./stream-completion.ts";

const made = new WeakMap<readonly ProviderSettings[], ReadonlyMap<string, LlmProvider>>();

/**
 * The configured providers by id, made once per process for a list of settings. A provider's SDK is
 * loaded with its first call, so a server on demo models loads none.
 */
export function llmProviders(
  settings: readonly ProviderSettings[],
): ReadonlyMap<string, LlmProvider> {
  const known = made.get(settings);
  if (known !== undefined) return known;
  const providers = new Map(settings.map((provider) => [provider.id, loadedOnFirstCall(provider)]));
  made.set(settings, providers);
  return providers;
}

function loadedOnFirstCall(settings: ProviderSettings): LlmProvider {
  let loading: Promise<LlmProvider["stream"]> | null = null;
  let loaded: LlmProvider["stream"] | null = null;
  const load = async () => {
    loading ??= loadProvider(settings);
    loaded = await loading;
    return loaded;
  };
  const loadAndStream: LlmProvider["stream"] = async function* (request) {
    const stream = await load();
    yield* stream(request);
  };
  return {
    id: settings.id,
    load: async () => {
      if (loaded === null) await load();
    },
    stream: (request) => (loaded ?? loadAndStream)(request),
  };
}

async function loadProvider(settings: ProviderSettings): Promise<LlmProvider["stream"]> {
  switch (settings.wire) {
    case "openai":
    case "gemini": {
      const { openAiProvider } = await import("./openai.ts");
      return openAiProvider(settings).stream;
    }
    case "anthropic": {
      const { anthropicProvider } = await import("./anthropic.ts");
      return anthropicProvider(settings).stream;
    }
    case "demo": {
      const { demoProvider } = await import("./demo.ts");
      return demoProvider(settings.id).stream;
    }
    default:
      return unreachable(settings.wire);
  }
}
