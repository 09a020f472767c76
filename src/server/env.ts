import { z } from "zod";

const flag = (fallback: boolean) =>
  z
    .enum(["true", "false", "1", "0", "on", "off"])
    .transform((text) => text === "true" || text === "1" || text === "on")
    .default(fallback);

/** Names of our own providers cannot be taken by a compatible one. */
const OWN_PROVIDERS: readonly string[] = ["auto", "openai", "anthropic", "gemini", "demo"];

const providerSlug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,30}$/)
  .refine((name) => !OWN_PROVIDERS.includes(name), "is the name of a built-in provider");

const compatibleProviders = z
  .string()
  .transform((text, issue): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      issue.addIssue("is not JSON");
      return z.NEVER;
    }
  })
  .pipe(z.array(z.strictObject({ name: providerSlug, baseUrl: z.url(), apiKey: z.string() })))
  .default([]);

/** ₫ per USD with up to three decimals → milli-VND per USD, exact. */
const exchangeRate = z
  .string()
  .regex(/^\d{4,6}(\.\d{1,3})?$/, "is ₫ per USD, like 26260 or 26260.5")
  .default("26260")
  .transform((text) => {
    const [whole = "0", fraction = ""] = text.split(".");
    return BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, "0"));
  });

/** Blank is as good as unset: nothing is ever verified with an empty secret. */
const secret = z
  .string()
  .trim()
  .transform((text) => (text === "" ? undefined : text))
  .optional();

const settings = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("development"),
  PORT: z.coerce.number().int().min(1).max(65535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  BASE_URL: z.url().optional(),
  DATABASE_URL: z.string().startsWith("postgres").optional(),
  REDIS_URL: z.string().startsWith("redis").optional(),
  /** Set by `npm run up` only: the server it started itself. Never in `.env`. */
  PHO_EMBEDDED_DATABASE_URL: z.string().startsWith("postgres").optional(),
  /** Set by `npm run up` only: where the embedded database, the secret and the outbox live. */
  PHO_DATA_DIR: z.string().optional(),
  AUTH_SECRET: z.string().min(32).optional(),
  SMTP_URL: z.string().startsWith("smtp").optional(),
  MAIL_FROM: z.string().default("Phở Chat <no-reply@localhost>"),
  CLERK_PUBLISHABLE_KEY: z.string().startsWith("pk_").optional(),
  CLERK_SECRET_KEY: z.string().startsWith("sk_").optional(),
  CLERK_JWT_KEY: z.string().optional(),
  CLERK_AUTHORIZED_PARTIES: z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url().default("https://api.openai.com/v1"),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: z.url().default("https://api.anthropic.com"),
  GEMINI_API_KEY: z.string().optional(),
  GEMINI_BASE_URL: z.url().default("https://generativelanguage.googleapis.com/v1beta/openai/"),
  OPENAI_COMPATIBLE_PROVIDERS: compatibleProviders,
  VND_EXCHANGE_RATE: exchangeRate,
  COST_OPTIMIZATION_ENABLED: flag(true),
  BUDGET_ALERT_EMAIL_ENABLED: flag(true),
  USAGE_TRACKING_ENABLED: flag(true),
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
  FREE_PLAN_DAILY_CEILING_VND: z.coerce.bigint().nonnegative().default(500_000n),
  METRICS_TOKEN: z.string().min(16).optional(),
  /** The HMAC scheme of SePay's webhook; it wins over the key. */
  SEPAY_WEBHOOK_SECRET: secret,
  SEPAY_API_KEY: secret,
  SEPAY_API_TOKEN: secret,
  SEPAY_API_BASE_URL: z.url().default("https://userapi.sepay.vn"),
  /** Our accounts (and virtual accounts), the first one on the QR code. */
  SEPAY_ACCOUNT_NUMBER: z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(z.string().regex(/^[0-9A-Z]{4,25}$/i)))
    .default([]),
  /** SePay's payment gateway: the shared secret of its notices. */
  SEPAY_GATEWAY_SECRET: secret,
  PAYOS_CLIENT_ID: secret,
  PAYOS_API_KEY: secret,
  PAYOS_CHECKSUM_KEY: secret,
  STRIPE_SECRET_KEY: secret,
  STRIPE_WEBHOOK_SECRET: secret,
  SEPAY_BANK_BIN: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

/** Which wire format a provider speaks; the usage rules go with it. */
export type ProviderWire = "openai" | "gemini" | "anthropic" | "demo";

export type ProviderSettings = {
  readonly id: string;
  readonly wire: ProviderWire;
  readonly baseUrl: string;
  readonly apiKey: string;
};

export type Env = Omit<z.output<typeof settings>, "DATABASE_URL" | "BASE_URL" | "AUTH_SECRET"> & {
  readonly BASE_URL: string;
  readonly isBaseUrlDefault: boolean;
  readonly DATABASE_URL: string;
  readonly isDatabaseEmbedded: boolean;
  readonly AUTH_SECRET: string;
  readonly identity: "built-in" | "clerk";
  readonly providers: readonly ProviderSettings[];
};

/**
 * Every setting a person may put into `.env`; `.env.example` must list exactly these
 * (tests/structure).
 */
export const settingNames: readonly string[] = Object.keys(settings.shape).filter(
  (name) => name !== "NODE_ENV" && !name.startsWith("PHO_"),
);

/**
 * Reads and checks all settings.
 * @throws Error naming each wrong or missing setting, never its value (it may be a secret).
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const filled = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = settings.safeParse(filled);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new Error(`settings are wrong; mend .env and start again\n  ${faults.join("\n  ")}`);
  }
  const values = parsed.data;
  const databaseUrl = values.DATABASE_URL ?? values.PHO_EMBEDDED_DATABASE_URL;
  if (databaseUrl === undefined) {
    throw new Error("no database: set DATABASE_URL, or start with `npm run up`, which brings one");
  }
  if (values.AUTH_SECRET === undefined) {
    throw new Error(
      "AUTH_SECRET is missing: with your own DATABASE_URL set one of 32 characters or more",
    );
  }
  return {
    ...values,
    DATABASE_URL: databaseUrl,
    isDatabaseEmbedded: values.DATABASE_URL === undefined,
    AUTH_SECRET: values.AUTH_SECRET,
    BASE_URL: (values.BASE_URL ?? `http://localhost:${values.PORT}`).replace(/\/$/, ""),
    isBaseUrlDefault: values.BASE_URL === undefined,
    identity: identityMode(values),
    providers: providersOf(values),
  };
}

function identityMode(values: z.output<typeof settings>): Env["identity"] {
  if (values.CLERK_PUBLISHABLE_KEY === undefined) return "built-in";
  if (values.CLERK_JWT_KEY === undefined || values.CLERK_AUTHORIZED_PARTIES === undefined) {
    throw new Error(
      "Clerk needs CLERK_JWT_KEY and CLERK_AUTHORIZED_PARTIES beside CLERK_PUBLISHABLE_KEY",
    );
  }
  return "clerk";
}

function providersOf(values: z.output<typeof settings>): ProviderSettings[] {
  const known = [
    {
      id: "openai",
      wire: "openai",
      baseUrl: values.OPENAI_BASE_URL,
      apiKey: values.OPENAI_API_KEY,
    },
    {
      id: "anthropic",
      wire: "anthropic",
      baseUrl: values.ANTHROPIC_BASE_URL,
      apiKey: values.ANTHROPIC_API_KEY,
    },
    {
      id: "gemini",
      wire: "gemini",
      baseUrl: values.GEMINI_BASE_URL,
      apiKey: values.GEMINI_API_KEY,
    },
    ...values.OPENAI_COMPATIBLE_PROVIDERS.map((provider) => ({
      id: provider.name,
      wire: "openai" as const,
      baseUrl: provider.baseUrl,
      apiKey: provider.apiKey,
    })),
  ] as const;
  const configured: ProviderSettings[] = known.flatMap((provider) =>
    provider.apiKey === undefined ? [] : [{ ...provider, apiKey: provider.apiKey }],
  );
  if (configured.length > 0) return configured;
  return [{ id: "demo", wire: "demo", baseUrl: "", apiKey: "" }];
}

let cached: Env | null = null;

/** The settings of this process, read once. @throws Error as `parseEnv`. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}

const firstValueSettings = settings.pick({
  VND_EXCHANGE_RATE: true,
  COST_OPTIMIZATION_ENABLED: true,
  BUDGET_ALERT_EMAIL_ENABLED: true,
  USAGE_TRACKING_ENABLED: true,
});

/**
 * Settings that only give the database its first values; readable without a complete set. @throws
 * ZodError.
 */
export function firstValues(): z.output<typeof firstValueSettings> {
  return firstValueSettings.parse(process.env);
}
