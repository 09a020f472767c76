import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { PROVIDER_KEY } from "./app-under-test.ts";
import { openBrowser } from "./browser.ts";
import { startProviderSimulator, type Simulator } from "./provider-simulator.ts";
import { serveApp, type ServedApp } from "./served-app.ts";

/** The built product, a browser to use it with, and the provider behind it. */
export type World = { readonly app: ServedApp; readonly browser: Browser };

type Opened<T extends World> = T & { readonly close: () => Promise<void> };

/** Open for all tests of the file. No provider is set: the demo models answer. */
export function useDemoWorld(settings: Readonly<Record<string, string>> = {}): () => World {
  return useWorld(async () => {
    const [app, browser] = await Promise.all([serveApp(settings), openBrowser()]);
    return { app, browser, close: () => closeAll(browser, app) };
  });
}

/** Open for all tests of the file. The simulator stands in for OpenAI. */
export function useSimulatedWorld(
  hostRules: readonly string[] = [],
): () => World & { readonly simulator: Simulator } {
  return useWorld(async () => {
    const simulator = await startProviderSimulator();
    const settings = { OPENAI_API_KEY: PROVIDER_KEY, OPENAI_BASE_URL: simulator.openAiBaseUrl };
    const [app, browser] = await Promise.all([serveApp(settings), openBrowser({ hostRules })]);
    const close = async () => {
      await closeAll(browser, app);
      await simulator.stop();
    };
    return { app, browser, simulator, close };
  });
}

function useWorld<T extends World>(open: () => Promise<Opened<T>>): () => T {
  let world: Opened<T> | null = null;
  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world?.close());
  return () => {
    if (world === null) throw new Error("the world is not open yet");
    return world;
  };
}

async function closeAll(browser: Browser, app: ServedApp): Promise<void> {
  await browser.close();
  await app.stop();
}
