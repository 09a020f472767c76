import { describe, expect, it } from "vitest";
import { parseEnv, settingNames } from "@/server/env.ts";

const SECRET = "s".repeat(32);
const needed = { DATABASE_URL: "postgres://u:p@db/pho", AUTH_SECRET: SECRET };
const parse = (source: Record<string, string | undefined> = {}) =>
  parseEnv({ ...needed, ...source });

function faultOf(source: Record<string, string | undefined>): string {
  try {
    parseEnv(source);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  throw new Error("nothing was wrong");
}

/** A wrong value for a setting, recognisable should it ever be shown. */
const MARK = "hunter2";
const wrong = {
  NODE_ENV: MARK,
  PORT: MARK,
  BASE_URL: MARK,
  DATABASE_URL: `mysql://u:${MARK}@db`,
  PHO_EMBEDDED_DATABASE_URL: MARK,
  AUTH_SECRET: MARK,
  SMTP_URL: `http://u:${MARK}@mail`,
  CLERK_PUBLISHABLE_KEY: MARK,
  CLERK_SECRET_KEY: MARK,
  OPENAI_BASE_URL: MARK,
  ANTHROPIC_BASE_URL: MARK,
  GEMINI_BASE_URL: MARK,
  OPENAI_COMPATIBLE_PROVIDERS: MARK,
  VND_EXCHANGE_RATE: MARK,
  COST_OPTIMIZATION_ENABLED: MARK,
  BUDGET_ALERT_EMAIL_ENABLED: MARK,
  USAGE_TRACKING_ENABLED: MARK,
  TRUSTED_PROXY_HOPS: MARK,
  FREE_PLAN_DAILY_CEILING_VND: MARK,
  LOG_LEVEL: MARK,
};

describe("a wrong setting", () => {
  it.each(Object.entries(wrong))("%s is named, its value is not shown", (name, value) => {
    const fault = faultOf({ ...needed, [name]: value });
    expect(fault).toContain(`${name}: `);
    expect(fault).not.toContain(MARK);
    expect(fault.match(/^ {2}[A-Z_]+/gm)).toEqual([`  ${name}`]);
  });

  it("is told together with all the others", () => {
    const fault = faultOf(wrong);
    for (const name of Object.keys(wrong)) expect(fault).toContain(`\n  ${name}: `);
    expect(fault).not.toContain(MARK);
  });

  it.each([
    ["PORT", "0"],
    ["PORT", "65536"],
    ["PORT", "80.5"],
    ["TRUSTED_PROXY_HOPS", "-1"],
    ["FREE_PLAN_DAILY_CEILING_VND", "-1"],
    ["FREE_PLAN_DAILY_CEILING_VND", "1.5"],
    ["FREE_PLAN_DAILY_CEILING_VND", "1e308"],
    ["VND_EXCHANGE_RATE", "0"],
    ["VND_EXCHANGE_RATE", "-26260"],
    ["VND_EXCHANGE_RATE", "26,260"],
    ["VND_EXCHANGE_RATE", "26260.1234"],
    ["VND_EXCHANGE_RATE", "2.6e4"],
    ["COST_OPTIMIZATION_ENABLED", "yes"],
    ["AUTH_SECRET", "s".repeat(31)],
  ])("is %s=%s", (name, value) => {
    expect(faultOf({ ...needed, [name]: value })).toContain(`${name}: `);
  });
});

describe("a missing setting", () => {
  it("is named when nothing can stand in for it", () => {
    expect(faultOf({})).toContain("DATABASE_URL");
    expect(faultOf({ DATABASE_URL: needed.DATABASE_URL })).toContain("AUTH_SECRET");
    expect(faultOf({ ...needed, DATABASE_URL: "" })).toContain("DATABASE_URL");
  });

  it.each(["CLERK_JWT_KEY", "CLERK_AUTHORIZED_PARTIES"])(
    "of Clerk is named when half of it is set: %s",
    (missing) => {
      const clerk = {
        CLERK_PUBLISHABLE_KEY: "pk_live_x",
        CLERK_JWT_KEY: "key",
        CLERK_AUTHORIZED_PARTIES: "https://pho.example",
      };
      expect(faultOf({ ...needed, ...clerk, [missing]: undefined })).toContain(missing);
    },
  );

  it("has its default when it is absent or empty", () => {
    const defaults = parse();
    expect(defaults).toMatchObject({
      NODE_ENV: "development",
      PORT: 3_000,
      HOST: "127.0.0.1",
      BASE_URL: "http://localhost:3000",
      isBaseUrlDefault: true,
      isDatabaseEmbedded: false,
      identity: "built-in",
      VND_EXCHANGE_RATE: 26_260_000n,
      FREE_PLAN_DAILY_CEILING_VND: 500_000n,
      TRUSTED_PROXY_HOPS: 0,
      COST_OPTIMIZATION_ENABLED: true,
    });
    const empty = Object.fromEntries(Object.keys(wrong).map((name) => [name, ""]));
    expect(parseEnv({ ...empty, ...needed })).toEqual(defaults);
  });
});

describe("settings as read", () => {
  it.each([
    ["follows the port", { PORT: "8080" }, "http://localhost:8080", true],
    [
      "is taken as set",
      { BASE_URL: "https://pho.example", PORT: "8080" },
      "https://pho.example",
      false,
    ],
    ["loses its last slash", { BASE_URL: "https://pho.example/" }, "https://pho.example", false],
  ])("base address %s", (_name, source, baseUrl, isDefault) => {
    expect(parse(source)).toMatchObject({ BASE_URL: baseUrl, isBaseUrlDefault: isDefault });
  });

  it("prefer a database of one's own to the embedded one", () => {
    const embedded = "postgresql://localhost:5433/pho";
    expect(parse({ PHO_EMBEDDED_DATABASE_URL: embedded })).toMatchObject({
      DATABASE_URL: needed.DATABASE_URL,
      isDatabaseEmbedded: false,
    });
    expect(parse({ DATABASE_URL: undefined, PHO_EMBEDDED_DATABASE_URL: embedded })).toMatchObject({
      DATABASE_URL: embedded,
      isDatabaseEmbedded: true,
    });
  });

  it.each([
    ["26260", 26_260_000n],
    ["24167.5", 24_167_500n],
    ["24167.005", 24_167_005n],
  ])("turn a rate of %s ₫ into %s milli-VND, exactly", (text, milliVnd) => {
    expect(parse({ VND_EXCHANGE_RATE: text }).VND_EXCHANGE_RATE).toBe(milliVnd);
  });

  it.each([
    ["true", true],
    ["1", true],
    ["on", true],
    ["false", false],
    ["0", false],
    ["off", false],
  ])("understand a switch set to %s", (text, isOn) => {
    expect(parse({ USAGE_TRACKING_ENABLED: text }).USAGE_TRACKING_ENABLED).toBe(isOn);
  });

  it("turn to Clerk when its keys are set, with every authorised party", () => {
    const clerk = parse({
      CLERK_PUBLISHABLE_KEY: "pk_test_x",
      CLERK_JWT_KEY: "key",
      CLERK_AUTHORIZED_PARTIES: "https://a.example, https://b.example",
    });
    expect(clerk.identity).toBe("clerk");
    expect(clerk.CLERK_AUTHORIZED_PARTIES).toEqual(["https://a.example", "https://b.example"]);
  });

  it("are listed for people without what only the start command sets", () => {
    expect(settingNames).toContain("DATABASE_URL");
    expect(settingNames.filter((name) => /^(PHO_|NODE_ENV)/.test(name))).toEqual([]);
  });
});

describe("providers", () => {
  const compatible = (...providers: readonly object[]) => ({
    OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify(providers),
  });
  const groq = { name: "groq", baseUrl: "https://api.groq.example/v1", apiKey: "k" };

  it("are the demo alone when no key is set", () => {
    expect(parse().providers).toEqual([{ id: "demo", wire: "demo", baseUrl: "", apiKey: "" }]);
    expect(parse({ OPENAI_API_KEY: "" }).providers.map(({ id }) => id)).toEqual(["demo"]);
  });

  it("are those that have a key, each on its own wire, without the demo", () => {
    const { providers } = parse({
      OPENAI_API_KEY: "o",
      ANTHROPIC_API_KEY: "a",
      GEMINI_API_KEY: "g",
      GEMINI_BASE_URL: "http://localhost:9/v1",
      ...compatible(groq, { name: "ollama", baseUrl: "http://localhost:11434/v1", apiKey: "" }),
    });
    expect(providers).toEqual([
      { id: "openai", wire: "openai", baseUrl: "https://api.openai.com/v1", apiKey: "o" },
      { id: "anthropic", wire: "anthropic", baseUrl: "https://api.anthropic.com", apiKey: "a" },
      { id: "gemini", wire: "gemini", baseUrl: "http://localhost:9/v1", apiKey: "g" },
      { id: "groq", wire: "openai", baseUrl: groq.baseUrl, apiKey: "k" },
      { id: "ollama", wire: "openai", baseUrl: "http://localhost:11434/v1", apiKey: "" },
    ]);
  });

  it.each(["auto", "openai", "anthropic", "gemini", "demo"])(
    "of others cannot take the name %s",
    (name) => {
      const fault = faultOf({ ...needed, ...compatible({ ...groq, name }) });
      expect(fault).toContain("OPENAI_COMPATIBLE_PROVIDERS.0.name: is the name of a built-in");
    },
  );

  it.each([
    ["a name with capitals", [{ ...groq, name: "Groq" }]],
    ["a name of one letter", [{ ...groq, name: "g" }]],
    ["a name with a slash", [{ ...groq, name: "a/b" }]],
    ["no address", [{ ...groq, baseUrl: MARK }]],
    ["no key", [{ name: "groq", baseUrl: groq.baseUrl }]],
    ["a misspelt field beside", [{ ...groq, key: MARK }]],
  ])("of others are refused with %s, and no value is shown", (_name, providers) => {
    const fault = faultOf({ ...needed, ...compatible(...providers) });
    expect(fault).toContain("OPENAI_COMPATIBLE_PROVIDERS");
    expect(fault).not.toContain(MARK);
  });

  it.each(["{}", "null", "3", '"x"'])("of others are a list, not %s", (text) => {
    const fault = faultOf({ ...needed, OPENAI_COMPATIBLE_PROVIDERS: text });
    expect(fault).toContain("OPENAI_COMPATIBLE_PROVIDERS: ");
  });
});
