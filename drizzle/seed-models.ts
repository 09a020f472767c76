/** A catalogue row before its price: the provider's facts and our expectation of its quality. */
export type SeedModel = {
  readonly id: string;
  readonly providerModel: string;
  readonly name: string;
  readonly tier: "economy" | "standard" | "premium";
  readonly contextTokensMax: number;
  readonly outputTokensMax: number;
  readonly outputTokensMin: number;
  /**
   * Expected quality of easy and of the hardest questions, in [0, 1]; first values by tier and
   * vendor class.
   */
  readonly qualityCurve: { readonly easy: number; readonly hard: number };
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
    qualityCurve: { easy: 0.84, hard: 0.4 },
  }),
  openai("gpt-5-mini", "GPT-5 mini", {
    tier: "economy",
    contextTokensMax: 400_000,
    qualityCurve: { easy: 0.89, hard: 0.58 },
  }),
  openai("gpt-5.4-mini", "GPT-5.4 mini", {
    tier: "standard",
    contextTokensMax: 400_000,
    qualityCurve: { easy: 0.9, hard: 0.66 },
  }),
  openai("gpt-5.4", "GPT-5.4", {
    tier: "premium",
    contextTokensMax: 1_050_000,
    qualityCurve: { easy: 0.94, hard: 0.83 },
  }),
  anthropic("claude-haiku-4-5", "Claude Haiku 4.5", {
    tier: "standard",
    qualityCurve: { easy: 0.9, hard: 0.62 },
  }),
  anthropic("claude-sonnet-5", "Claude Sonnet 5", {
    tier: "premium",
    qualityCurve: { easy: 0.94, hard: 0.82 },
  }),
  anthropic("claude-opus-5", "Claude Opus 5", {
    tier: "premium",
    qualityCurve: { easy: 0.95, hard: 0.88 },
  }),
  gemini("gemini-2.5-flash", "Gemini 2.5 Flash", {
    tier: "economy",
    qualityCurve: { easy: 0.88, hard: 0.55 },
  }),
  gemini("gemini-3.5-flash", "Gemini 3.5 Flash", {
    tier: "standard",
    qualityCurve: { easy: 0.91, hard: 0.7 },
  }),
  gemini("gemini-3.1-pro-preview", "Gemini 3.1 Pro", {
    tier: "premium",
    qualityCurve: { easy: 0.94, hard: 0.83 },
  }),
  demo("pho-nho", "Phở nhỏ (demo)", { tier: "economy", qualityCurve: { easy: 0.86, hard: 0.4 } }),
  demo("pho-vua", "Phở vừa (demo)", { tier: "standard", qualityCurve: { easy: 0.9, hard: 0.64 } }),
  demo("pho-dac-biet", "Phở đặc biệt (demo)", {
    tier: "premium",
    qualityCurve: { easy: 0.93, hard: 0.84 },
  }),
];
