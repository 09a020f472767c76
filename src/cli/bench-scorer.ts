import { scoreQuery } from "@/domain/complexity/score-query.ts";
import { complexityModel } from "@/server/complexity-model.ts";
import { scoreByHeuristic } from "./complexity/heuristic/score-by-heuristic.ts";
import { seededRandom } from "./complexity/routing-figures.ts";
import { parallelFolder, readParallelSet } from "./complexity/training-rows.ts";

const PROMPTS = 10_000;
const CHARS = 2_000;
const P99_MAX_MS = 1;
const WARM_UP = 500;

/** Prompts of exactly 2,000 characters, each a different run of the labelled questions' texts. */
function promptsOf(count: number): readonly string[] {
  const texts = readParallelSet(parallelFolder).flatMap((row) => [row.en, row.vi]);
  const random = seededRandom(11);
  return Array.from({ length: count }, () => {
    let prompt = "";
    while (prompt.length < CHARS) {
      prompt += `${texts[Math.floor(random() * texts.length)] ?? ""}\n`;
    }
    return prompt.slice(0, CHARS);
  });
}

/** Milliseconds of each call, sorted. */
function timesOf(prompts: readonly string[], run: (prompt: string) => void): Float64Array {
  for (const prompt of prompts.slice(0, WARM_UP)) run(prompt);
  return Float64Array.from(prompts, (prompt) => {
    const startedAt = process.hrtime.bigint();
    run(prompt);
    return Number(process.hrtime.bigint() - startedAt) / 1e6;
  }).sort();
}

const model = complexityModel();
const cutPoints = { medium: 0.4, complex: 0.6 };
const prompts = promptsOf(PROMPTS);
const at = (times: Float64Array, share: number) =>
  times[Math.floor(share * (times.length - 1))] ?? 0;

const ours = timesOf(prompts, (text) => {
  scoreQuery({ text, contextTurns: 0, previous: null }, { model, cutPoints });
});
const heuristic = timesOf(prompts, scoreByHeuristic);
for (const [name, times] of [
  ["scorer", ours],
  ["old heuristic", heuristic],
] as const) {
  const shown = [0.5, 0.99, 0.999].map(
    (share) => `p${share * 100} ${at(times, share).toFixed(3)} ms`,
  );
  process.stdout.write(`${name.padEnd(14)} ${shown.join("  ")}\n`);
}
const ratio = at(ours, 0.5) / at(heuristic, 0.5);
process.stdout.write(
  `${PROMPTS} prompts of ${CHARS} characters, one core; ratio to the heuristic ${ratio.toFixed(2)}\n`,
);
process.stdout.write(
  `p99 ${at(ours, 0.99).toFixed(3)} ms, ${at(ours, 0.99) < P99_MAX_MS ? "under" : "NOT under"} ${P99_MAX_MS} ms\n`,
);
process.exitCode = at(ours, 0.99) < P99_MAX_MS ? 0 : 1;
