import { cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { runCommand, seconds } from "./steps.mjs";

/**
 * `npm run test:mutants [F03 …]`: shows that the fault tests bite. Every patch in tests/mutants
 * removes one guard of the product; in a copy of the tree the test of its fault must then fail. Exit
 * 1 when one still passes, or when a patch no longer fits the code.
 */

/** @typedef {{ name: string, verdict: string, detail: string, took: string, isKilled: boolean }} Result */

process.chdir(fileURLToPath(new URL("../../", import.meta.url)));
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stopping.abort());

const leftAtHome = new Set(["node_modules", ".next", ".git", ".data", ".out"]);

const home = process.cwd();
const wanted = process.argv.slice(2);
const patches = (await readdir("tests/mutants"))
  .filter((name) => name.endsWith(".patch"))
  .filter((name) => wanted.length === 0 || wanted.some((fault) => name.startsWith(`${fault}-`)))
  .sort();

const copy = await mkdtemp(join(tmpdir(), "pho-mutants-"));
/** @type {Result[]} */
const results = [];
try {
  await copyTree(copy);
  // Tests start processes from the working folder.
  process.chdir(copy);
  for (const patch of patches) {
    if (stopping.signal.aborted) break;
    const result = await judge(patch);
    results.push(result);
    process.stdout.write(`${lineOf(result)}\n`);
  }
} finally {
  process.chdir(home);
  await rm(copy, { recursive: true, force: true });
}
const killed = results.filter((result) => result.isKilled).length;
process.stdout.write(`${killed} of ${patches.length} mutants killed\n`);
if (killed < patches.length || patches.length === 0) process.exitCode = 1;

/** @param {string} target */
async function copyTree(target) {
  await cp(".", target, {
    recursive: true,
    filter: (from) => !leftAtHome.has(relative(".", from).split("/").at(-1) ?? ""),
  });
  await symlink(resolve("node_modules"), join(target, "node_modules"));
}

/** @param {string} patch @returns {Promise<Result>} */
async function judge(patch) {
  const startedMs = performance.now();
  const fault = patch.split("-")[0] ?? "";
  const outcome = (/** @type {string} */ verdict, /** @type {string} */ detail) => ({
    ...{ name: patch.replace(".patch", ""), verdict, detail, took: seconds(startedMs) },
    isKilled: verdict === "killed",
  });
  const file = join(home, "tests/mutants", patch);
  const applied = await git(["apply", file]);
  if (applied.exitCode !== 0) return outcome("DOES NOT FIT", firstLine(applied.output));
  try {
    const tests = await testsOf(fault);
    if (tests.length === 0) return outcome("NO TEST", `no tests/faults/${fault}-*.test.ts`);
    const { ran, failed, exitCode } = await runTests(tests);
    if (ran === 0) return outcome("DID NOT RUN", "the tests did not even load");
    if (exitCode === 0) return outcome("SURVIVED", `${ran} tests passed without the guard`);
    return outcome("killed", firstLine(failed));
  } finally {
    await git(["apply", "--reverse", file]);
  }
}

/** @param {string[]} parameters */
function git(parameters) {
  return runCommand("git", ["-C", copy, ...parameters], { signal: stopping.signal });
}

/** @param {string} fault */
async function testsOf(fault) {
  const names = await readdir("tests/faults");
  return names
    .filter((name) => name.startsWith(`${fault}-`) && name.endsWith(".test.ts"))
    .map((name) => `tests/faults/${name}`);
}

/** @param {string[]} files */
async function runTests(files) {
  const report = join(copy, "mutant-report.json");
  await rm(report, { force: true });
  const vitest = join(copy, "node_modules/vitest/vitest.mjs");
  const chosen = ["run", "--project", "integration", "--bail", "1", ...files];
  const reporting = ["--reporter=json", `--outputFile.json=${report}`];
  const { exitCode, output } = await runCommand(
    process.execPath,
    [vitest, ...chosen, ...reporting],
    {
      signal: stopping.signal,
      env: { ...process.env, PWD: copy },
    },
  );
  const counts = JSON.parse(await readFile(report, "utf8").catch(() => "{}"));
  return { exitCode, ran: counts.numTotalTests ?? 0, failed: failureOf(counts) || output };
}

/**
 * The first failure of a report, "" when there is none.
 * @typedef {{ status: string, failureMessages: string[] }} Tested
 * @param {{ testResults?: { message: string, assertionResults: Tested[] }[] }} report
 */
function failureOf({ testResults = [] }) {
  const failures = testResults.flatMap((file) => [
    ...file.assertionResults.flatMap((test) =>
      test.status === "failed" ? test.failureMessages : [],
    ),
    file.message,
  ]);
  return failures.find((failure) => failure !== "") ?? "";
}

/** @param {string} text */
function firstLine(text) {
  const [line = ""] = text.trim().split("\n");
  return line.slice(0, 150);
}

/** @param {Result} result */
function lineOf({ name, verdict, detail, took }) {
  return `${verdict.padEnd(12)} ${name.padEnd(44)} ${took.padStart(8)}  ${detail}`;
}
