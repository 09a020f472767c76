import { createInterface } from "node:readline";
import { z } from "zod";
import { marketPolicy } from "@drizzle/seed-policy.ts";
import { scoreQuery } from "@/domain/complexity/score-query.ts";
import { complexityModel } from "@/server/complexity-model.ts";

const line = z.object({ id: z.union([z.string(), z.number()]), prompt: z.string() });

/** Scores JSONL from standard input by the production code, one line in, one line out. */
for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (text.trim() === "") continue;
  const { id, prompt } = line.parse(JSON.parse(text));
  const { score, label, category, confidence } = scoreQuery(
    { text: prompt, contextTurns: 0, previous: null },
    { model: complexityModel(), cutPoints: marketPolicy.cutPoints },
  );
  process.stdout.write(`${JSON.stringify({ id, score, label, category, confidence })}\n`);
}
