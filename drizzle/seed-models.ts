/** A catalogue row before its price: the provider's facts and our expectation of its quality. */
export type SeedModel = {
  readonly id: string;
  readonly providerModel: string;
  readonly name: string;
  readonly tier: "economy" | "standard" | "premium";
  readonly contextTokensMax: number;
  readonly outputTokensMax: number;
  readonly outputTokensMin: number;
  /** The policy's curve of its class, and how far it is believed to lie above or below it. */
  readonly qualityCurve: {
    readonly curve: "small" | "economy" | "standard" | "premium";
    readonly offset: number;
  };
};

/**
 * Reasoning models may spend their whole cap thinking, so below 2,048 tokens they are no candidate.
 */
const REASONING_MIN = 2_048;
const PLAIN_MIN = 256;

const openai = (
  short: string,
  name: string,
  rest: Pick<SeedModel, "tier" | "contextTokensMax" | "qualityCurve">,
): SeedModel => ({
  id: `openai/${short}`,
  providerModel: short,
  name,
  outputTokensMax: 128_000,
  outputTokensMin: REASONING_MIN,
  ...rest,
});

const anthropic = (
  short: string,
  name: string,
  rest: Pick<SeedModel, "tier" | "qualityCurve">,
): SeedModel => ({
  id: `anthropic/${short}`,
  providerModel: short,
  name,
  contextTokensMax: 200_000,
  outputTokensMax: 64_000,
  outputTokensMin: PLAIN_MIN,
  ...rest,
});

const gemini = (
  short: string,
  name: string,
  rest: Pick<SeedModel, "tier" | "qualityCurve">,
): SeedModel => ({
  id: `gemini/${short}`,
  providerModel: short,
  name,
  contextTokensMax: 1_000_000,
  outputTokensMax: 65_536,
  outputTokensMin: REASONING_MIN,
  ...rest,
});

const demo = (
  short: string,
  name: string,
  rest: Pick<SeedModel, "tier" | "qualityCurve">,
): SeedModel => ({
  id: `demo/${short}`,
  providerModel: short,
  name,
  contextTokensMax: 128_000,
  outputTokensMax: 8_192,
  outputTokensMin: 64,
  ...rest,
});

export const seedModels: readonly SeedModel[] = [
  openai("gpt-5-nano", "GPT-5 nano", {
    tier: "economy",
    contextTokensMax: 400_000,
    qualityCurve: { curve: "small", offset: 0 },
  }),
  openai("gpt-5-mini", "GPT-5 mini", {
    tier: "economy",
    contextTokensMax: 400_000,
    qualityCurve: { curve: "economy", offset: 0.01 },
  }),
  openai("gpt-5.4-mini", "GPT-5.4 mini", {
    tier: "standard",
    contextTokensMax: 400_000,
    qualityCurve: { curve: "standard", offset: 0 },
  }),
  openai("gpt-5.4", "GPT-5.4", {
    tier: "premium",
    contextTokensMax: 1_050_000,
    qualityCurve: { curve: "premium", offset: 0 },
  }),
  anthropic("claude-haiku-4-5", "Claude Haiku 4.5", {
    tier: "standard",
    qualityCurve: { curve: "standard", offset: -0.01 },
  }),
  anthropic("claude-sonnet-5", "Claude Sonnet 5", {
    tier: "premium",
    qualityCurve: { curve: "premium", offset: 0 },
  }),
  anthropic("claude-opus-5", "Claude Opus 5", {
    tier: "premium",
    qualityCurve: { curve: "premium", offset: 0.02 },
  }),
  gemini("gemini-2.5-flash", "Gemini 2.5 Flash", {
    tier: "economy",
    qualityCurve: { curve: "economy", offset: 0 },
  }),
  gemini("gemini-3.5-flash", "Gemini 3.5 Flash", {
    tier: "standard",
    qualityCurve: { curve: "standard", offset: 0.01 },
  }),
  gemini("gemini-3.1-pro-preview", "Gemini 3.1 Pro", {
    tier: "premium",
    qualityCurve: { curve: "premium", offset: 0 },
  }),
  demo("pho-nho", "Phở nhỏ (demo)", {
    tier: "economy",
    qualityCurve: { curve: "small", offset: 0 },
  }),
  demo("pho-vua", "Phở vừa (demo)", {
    tier: "standard",
    qualityCurve: { curve: "standard", offset: 0 },
  }),
  demo("pho-dac-biet", "Phở đặc biệt (demo)", {
    tier: "premium",
    qualityCurve: { curve: "premium", offset: 0 },
  }),
];
