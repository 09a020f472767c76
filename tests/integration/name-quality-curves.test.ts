import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seedModels } from "@drizzle/seed-models.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

const folder = fileURLToPath(new URL("../../migrations", import.meta.url));

/** The first catalogue's straight lines, by model. */
const firstLines: Readonly<Record<string, { readonly easy: number; readonly hard: number }>> = {
  "openai/gpt-5-nano": { easy: 0.84, hard: 0.4 },
  "openai/gpt-5-mini": { easy: 0.89, hard: 0.58 },
  "openai/gpt-5.4-mini": { easy: 0.9, hard: 0.66 },
  "openai/gpt-5.4": { easy: 0.94, hard: 0.83 },
  "anthropic/claude-haiku-4-5": { easy: 0.9, hard: 0.62 },
  "anthropic/claude-sonnet-5": { easy: 0.94, hard: 0.82 },
  "anthropic/claude-opus-5": { easy: 0.95, hard: 0.88 },
  "gemini/gemini-2.5-flash": { easy: 0.88, hard: 0.55 },
  "gemini/gemini-3.5-flash": { easy: 0.91, hard: 0.7 },
  "gemini/gemini-3.1-pro-preview": { easy: 0.94, hard: 0.83 },
  "demo/pho-nho": { easy: 0.86, hard: 0.4 },
  "demo/pho-vua": { easy: 0.9, hard: 0.64 },
  "demo/pho-dac-biet": { easy: 0.93, hard: 0.84 },
};

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

async function migrateCurves(): Promise<void> {
  const name = (await readdir(folder)).find((file) => file.endsWith("_name_quality_curves.sql"));
  const text = await readFile(`${folder}/${String(name)}`, "utf8");
  for (const statement of text.split("--> statement-breakpoint")) {
    await database.sql.unsafe(statement);
  }
}

const setCurve = (id: string, curve: object) => database.sql`
  update models set quality_curve = ${JSON.stringify(curve)}::text::jsonb where id = ${id}`;

const addModel = (id: string, tier: string, curve: object) => database.sql`
  insert into models (id, provider, provider_model, name, context_tokens_max, output_tokens_max, output_tokens_min,
                      tier, quality_curve)
  values (${id}, 'openai', ${id}, ${id}, 1000, 100, 10, ${tier}, ${JSON.stringify(curve)}::text::jsonb)`;

async function curves(): Promise<Record<string, unknown>> {
  const rows = await database.sql`select id, quality_curve from models`;
  return Object.fromEntries(rows.map((row) => [String(row["id"]), row["quality_curve"]]));
}

it("moves the first catalogue to named curves and keeps what ops had changed", async () => {
  for (const [id, line] of Object.entries(firstLines)) await setCurve(id, line);
  const changed = { easy: 0.91, hard: 0.7 };
  await setCurve("openai/gpt-5.4", changed);
  await addModel("openai/by-hand", "economy", { easy: 0.8, hard: 0.4 });
  await addModel("openai/by-hand-changed", "economy", { easy: 0.8, hard: 0.41 });
  await addModel("openai/of-another-tier", "premium", { easy: 0.8, hard: 0.4 });
  await migrateCurves();
  const named = Object.fromEntries(
    seedModels
      .filter(({ id }) => id in firstLines)
      .map(({ id, qualityCurve }) => [id, qualityCurve]),
  );
  const after = {
    ...named,
    "openai/gpt-5.4": changed,
    "openai/by-hand": { curve: "economy", offset: 0 },
    "openai/by-hand-changed": { easy: 0.8, hard: 0.41 },
    "openai/of-another-tier": { easy: 0.8, hard: 0.4 },
  };
  expect(await curves()).toMatchObject(after);
  await migrateCurves();
  expect(await curves()).toMatchObject(after);
});
