import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { buildApp } from "./build-app.mjs";
import { runCommand } from "./steps.mjs";

/**
 * @typedef {{ exitCode: number, output: string, passed?: number, failed?: number }} Outcome
 * @typedef {{ isVerbose: boolean, signal: AbortSignal, env?: NodeJS.ProcessEnv }} How
 * @typedef {{ name: string, run: (how: How) => Promise<Outcome> }} Stage
 */

/** @param {string} name @param {...string} parameters */
const tool = (name, ...parameters) => ({
  command: process.execPath,
  parameters: [join("node_modules", name), ...parameters],
});

const tools = {
  prettier: tool("prettier/bin/prettier.cjs", "--check", "."),
  eslint: tool("eslint/bin/eslint.js", "."),
  typegen: tool("next/dist/bin/next", "typegen"),
  tsc: tool("typescript/bin/tsc", "--noEmit"),
  depcruise: tool(
    "dependency-cruiser/bin/dependency-cruise.mjs",
    "--config",
    ".dependency-cruiser.cjs",
    "src",
    "drizzle",
    "tests",
  ),
};

/** @param {{ command: string, parameters: string[] }} call @param {How} how @returns {Promise<Outcome>} */
const runTool = ({ command, parameters }, how) => runCommand(command, parameters, how);

/** @type {Stage} */
const types = {
  name: "types",
  run: async (how) => {
    // Left by `npm run dev`; what it says about pages that are gone is no longer true.
    await rm(".next/dev/types", { recursive: true, force: true });
    const generated = await runTool(tools.typegen, how);
    return generated.exitCode === 0 ? runTool(tools.tsc, how) : generated;
  },
};

/** Need no database; slowest first, for they run two at a time. @type {Stage[]} */
export const staticStages = [
  vitest("unit and structure", ["unit", "structure"]),
  { name: "lint", run: (how) => runTool(tools.eslint, how) },
  types,
  { name: "dependency rules", run: (how) => runTool(tools.depcruise, how) },
  { name: "format", run: (how) => runTool(tools.prettier, how) },
];

/** One after the other, their output shown as it comes. @type {Stage[]} */
export const databaseStages = [
  { name: "migrations match the schema", run: checkMigrations },
  vitest("integration", ["integration"]),
  { name: "build", run: buildStage },
  vitest("end to end", ["e2e"]),
];

/** Tests that do more when `PHO_LONG=1`. */
const longTests = [
  "tests/integration/embedded-postgres.test.ts",
  "tests/faults/F01-budget-overspend.test.ts",
  "tests/faults/F96-migrating-beside-the-old-release.test.ts",
  "tests/integration/payment-during-holds.test.ts",
];

const soakSeeds = [7, 11, 23, 42];

/** What takes long or measures. @returns {Promise<Stage[]>} */
export async function longStages() {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
  const inFull = vitest("tests in full length", ["integration"], ...longTests);
  const benches = Object.keys(scripts).filter((name) => name.startsWith("bench:"));
  const script = (/** @type {string} */ name, /** @type {string[]} */ ...parameters) => ({
    name: [name, ...parameters].join(" "),
    run: (/** @type {How} */ how) =>
      runCommand("npm", ["run", "--silent", name, "--", ...parameters], how),
  });
  // What needs a quiet machine most comes first.
  return [
    { name: "build", run: buildStage },
    ...soakSeeds.map((seed) => script("soak", "--seed", String(seed), "--minutes", "5")),
    ...benches.map((name) => script(name)),
    {
      ...inFull,
      run: (how) => inFull.run({ ...how, env: { ...process.env, PHO_LONG: "1" } }),
    },
    script("test:mutants"),
  ];
}

/** @param {string} name @param {string[]} projects @param {string[]} files @returns {Stage} */
function vitest(name, projects, ...files) {
  return {
    name,
    run: async (how) => {
      const folder = await mkdtemp(join(tmpdir(), "pho-report-"));
      const report = join(folder, "report.json");
      const { command, parameters } = tool("vitest/vitest.mjs", "run", ...files);
      const chosen = projects.flatMap((project) => ["--project", project]);
      const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
      const outcome = await runCommand(command, [...parameters, ...chosen, ...reporters], how);
      const counts = JSON.parse(await readFile(report, "utf8").catch(() => "{}"));
      await rm(folder, { recursive: true });
      return { ...outcome, passed: counts.numPassedTests ?? 0, failed: counts.numFailedTests ?? 0 };
    },
  };
}

/** @param {How} how @returns {Promise<Outcome>} */
async function buildStage(how) {
  try {
    return { exitCode: 0, output: await buildApp({ env: process.env, ...how }) };
  } catch (error) {
    return { exitCode: 1, output: error.output ?? String(error) };
  }
}

/**
 * Generates a migration from the schema beside a copy of ours: there must be nothing to generate. (That the migrations
 * build an empty database is seen by the integration tests, whose template is made by them.)
 * @param {How} how @returns {Promise<Outcome>}
 */
async function checkMigrations(how) {
  const folder = await mkdtemp(join(tmpdir(), "pho-drift-"));
  try {
    const copy = join(folder, "migrations");
    await cp("migrations", copy, { recursive: true });
    const config = join(folder, "drizzle.config.cjs");
    const original = JSON.stringify(resolve("drizzle.config.ts"));
    // drizzle-kit takes paths from the working folder only.
    const out = JSON.stringify(`./${relative("", copy)}`);
    await writeFile(config, `module.exports = { ...require(${original}).default, out: ${out} };\n`);
    const { command, parameters } = tool(
      "drizzle-kit/bin.cjs",
      "generate",
      "--config",
      config,
      "--name",
      "drift",
    );
    const outcome = await runCommand(command, parameters, how);
    const made = (await readdir(copy)).filter((name) => name.endsWith("_drift.sql"));
    // Some of its failures end with exit code 0.
    if (made.length === 0)
      return outcome.output.includes("No schema changes") ? outcome : { ...outcome, exitCode: 1 };
    const sql = await Promise.all(made.map((name) => readFile(join(copy, name), "utf8")));
    const advice =
      "drizzle/schema says more than migrations/ does: npm run db:generate -- --name <purpose>";
    return { exitCode: 1, output: `${advice}\n${sql.join("\n")}` };
  } finally {
    await rm(folder, { recursive: true });
  }
}
