import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";

const row = z.object({
  id: z.string(),
  bench: z.string(),
  subject: z.string(),
  src: z.string().optional(),
  prompt: z.string(),
  outcomes: z.record(z.string(), z.number()),
  tokens: z.record(z.string(), z.tuple([z.number(), z.number()])).optional(),
  contaminated: z.boolean().optional(),
});

/** One question of a bench and what became of it at several models. */
export type OutcomeRow = z.infer<typeof row>;

const GPT4_MIXTRAL = { strong: "gpt-4-1106-preview", weak: "Mixtral-8x7B-Instruct-v0.1" };
const GPT4O_GPT35 = { strong: "gpt-4o-2024-08-06", weak: "gpt-3.5-turbo-0125" };

/** The strong and the weak model compared on each bench, as the data's README names them. */
export const BENCH_PAIRS: Readonly<
  Record<string, { readonly strong: string; readonly weak: string }>
> = {
  mmlu: GPT4_MIXTRAL,
  gsm8k: GPT4_MIXTRAL,
  mmlu_pro: { strong: "gemini-1.5-pro-002", weak: "Meta-Llama-3.1-8B-Instruct" },
  dcrouter: { strong: "llama-3.1-nemotron-51b-instruct", weak: "mistral-7b-instruct-v0.3" },
  zeroeval_gsm: GPT4O_GPT35,
  zeroeval_crux: GPT4O_GPT35,
  "zeroeval_math-l5": GPT4O_GPT35,
};

/** The strong model fails there by a parsing fault at the source (the data's README). */
const FAULTY_SUBJECT = "high_school_mathematics";

const fileOf = (folder: string, bench: string) => join(folder, `${bench}.jsonl.gz`);

/**
 * The outcomes of all benches that are there, without contaminated rows and the faulty subject.
 * @param folder holds one `<bench>.jsonl.gz` a bench.
 * @throws Error for a folder without any.
 */
export function readOutcomes(folder: string): readonly OutcomeRow[] {
  const benches = Object.keys(BENCH_PAIRS).filter((bench) => existsSync(fileOf(folder, bench)));
  if (benches.length === 0) throw new Error(`no outcomes in ${folder}`);
  return benches.flatMap((bench) =>
    gunzipSync(readFileSync(fileOf(folder, bench)))
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => row.parse(JSON.parse(line)))
      .filter((found) => found.contaminated !== true && found.subject !== FAULTY_SUBJECT),
  );
}
