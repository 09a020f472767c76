import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { installPackages } from "./install-packages.mjs";
import { printFailure, seconds } from "./steps.mjs";
import { databaseStages, longStages, staticStages } from "./test-stages.mjs";

/**
 * `npm test`: everything. `npm run verify`: what needs no database. `npm run test:long`: what takes long or measures.
 * Stops at the first stage that fails (the long ones go on). Needs nothing but Node to begin with.
 */

/**
 * @typedef {import("./test-stages.mjs").Stage} Stage
 * @typedef {{ passed: number, failed: number, leftOut: string[] }} Counts
 * @typedef {Counts & { name: string, isPassed: boolean, took: string }} Result
 */

process.chdir(fileURLToPath(new URL("../../", import.meta.url)));
const stopping = new AbortController();
const isVerbose = process.argv.includes("--verbose");
/** @type {Result[]} */
const results = [];

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stopping.abort());

const startedMs = performance.now();
try {
  await installPackages({ isVerbose, signal: stopping.signal });
  await runAll();
} catch (error) {
  printFailure("The tests could not run", error);
  process.exitCode = 1;
}
printTable();

async function runAll() {
  const isLong = process.argv.includes("--long");
  const isVerify = process.argv.includes("--verify");
  const isPassed = isLong || (await runTogether(staticStages, 2));
  if (!isPassed || isVerify) return;
  for (const stage of isLong ? await longStages() : databaseStages) {
    process.stdout.write(`\n== ${stage.name}\n`);
    if (!(await runStage(stage, true)) && !isLong) return;
  }
}

/**
 * Runs stages side by side; after a failure those already running end, no other begins.
 * @param {readonly Stage[]} stages @param {number} atOnce
 */
async function runTogether(stages, atOnce) {
  const waiting = [...stages];
  let isPassed = true;
  const work = async () => {
    for (let stage = waiting.shift(); stage !== undefined && isPassed; stage = waiting.shift()) {
      if (!(await runStage(stage, isVerbose))) isPassed = false;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return isPassed;
}

/** @param {Stage} stage @param {boolean} isShown whether its output is shown as it comes */
async function runStage(stage, isShown) {
  if (stopping.signal.aborted) return false;
  const stageMs = performance.now();
  const outcome = await stage.run({ isVerbose: isShown, signal: stopping.signal });
  const isPassed = outcome.exitCode === 0;
  const took = seconds(stageMs);
  results.push({
    name: stage.name,
    isPassed,
    took,
    passed: outcome.passed ?? 0,
    failed: outcome.failed ?? 0,
    leftOut: leftOutOf(outcome.output),
  });
  if (!isPassed) process.exitCode = 1;
  if (!isPassed && !isShown) process.stdout.write(`\n${outcome.output.trimEnd()}\n\n`);
  process.stdout.write(`${isPassed ? "passed" : "FAILED"}  ${stage.name} (${took})\n`);
  return isPassed;
}

/** What tests said they could not do on this machine. @param {string} output */
function leftOutOf(output) {
  return [...output.matchAll(/LEFT OUT: (.+)/g)].map(([, what = ""]) => what.trim());
}

/** The last line counts the tests of all stages; a failed stage without tests counts as one failure. */
function printTable() {
  if (stopping.signal.aborted) process.exitCode = 1;
  process.stdout.write(`\n${stopping.signal.aborted ? "Interrupted. " : ""}Stages:\n`);
  for (const result of results) {
    const tests = result.passed + result.failed > 0 ? `${result.passed} tests` : "";
    const verdict = result.isPassed ? "passed" : "FAILED";
    process.stdout.write(
      `  ${verdict}  ${result.name.padEnd(28)} ${result.took.padStart(8)}  ${tests}\n`,
    );
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce(
    (sum, result) => sum + (result.isPassed ? 0 : Math.max(1, result.failed)),
    0,
  );
  const leftOut = [...new Set(results.flatMap((result) => result.leftOut))];
  const left = leftOut.length === 0 ? "nothing" : leftOut.join("; ");
  process.stdout.write(`Left out: ${left}. Total time: ${seconds(startedMs)}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}
