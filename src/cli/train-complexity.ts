import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readOutcomes } from "./bench-month-outcomes.ts";
import { encodeScorerModel } from "./complexity/encode-model.ts";
import { encodeCurves, fitCurves } from "./complexity/fit-curves.ts";
import { heldOutScores } from "./complexity/held-out-scores.ts";
import { prepareTraining, trainModel } from "./complexity/train-model.ts";
import {
  outcomeRows,
  parallelFolder,
  parallelRows,
  readParallelSet,
} from "./complexity/training-rows.ts";

/** Changed by hand with every training that is shipped; printed with every figure. */
const MODEL_VERSION = "2026-11-two-judges";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    out: { type: "string", default: "src/server/complexity-weights.json" },
    curves: { type: "string", default: "drizzle/quality-curves.json" },
  },
});
if (values.data === undefined) throw new Error("--data DIR: the folder of the outcomes");
const outcomes = readOutcomes(values.data);
const sets = {
  exam: outcomeRows(outcomes),
  everyday: parallelRows(readParallelSet(parallelFolder)),
};
process.stdout.write(
  `${sets.exam.length} outcomes and ${sets.everyday.length} labelled texts; training …\n`,
);
const file = encodeScorerModel(trainModel(sets, prepareTraining(sets), MODEL_VERSION));
writeFileSync(values.out, file);
process.stdout.write(`${values.out}: ${MODEL_VERSION}, ${Buffer.byteLength(file)} bytes\n`);

const scores = heldOutScores(sets, (done, of) =>
  process.stdout.write(`quality curves: fold ${done} of ${of}\n`),
);
writeFileSync(values.curves, encodeCurves(fitCurves(outcomes, scores)));
process.stdout.write(`${values.curves}: fitted at held-out scores\n`);
