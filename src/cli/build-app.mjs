import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { runCommand, StepFailure } from "./steps.mjs";

const marker = ".next/pho-sources";

/** What the build reads. Commands are no part of it. */
const sources = ["src", "drizzle", "public", "package-lock.json", "tsconfig.json"];
const excluded = /^src\/cli\/|\.md$/;
const configuration = /^(next|postcss)\.config\.[a-z]+$/;

/**
 * Builds the app when its sources differ from those of the last complete build.
 * @param {{ env: NodeJS.ProcessEnv, isVerbose: boolean, signal?: AbortSignal }} options
 * @returns {Promise<string>} what was done
 */
export async function buildApp({ env, isVerbose, signal }) {
  const wanted = await hashSources();
  const built = await readFile(marker, "utf8").catch(() => "");
  if (built === wanted) return "sources unchanged";
  // Types of pages that were moved or removed would fail the new build. The marker goes with it, so
  // a build that is interrupted counts as none.
  await rm(".next", { recursive: true, force: true });
  const outcome = await runCommand(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
    env: { ...env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    isVerbose,
    signal,
  });
  if (outcome.exitCode !== 0) {
    throw new StepFailure("the build failed", {
      advice: "mend what the build names above; it needs 2 GB of memory and 1 GB of disk",
      output: outcome.output,
    });
  }
  await writeFile(marker, wanted);
  return "built";
}

async function hashSources() {
  const hash = createHash("sha256");
  const names = [
    ...sources,
    ...(await readdir(".")).filter((name) => configuration.test(name)),
  ].sort();
  for (const name of names) {
    for (const file of await listFiles(name)) {
      if (excluded.test(file)) continue;
      hash
        .update(`${file}\0`)
        .update(await readFile(file))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

/** @param {string} path @returns {Promise<string[]>} */
async function listFiles(path) {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).replaceAll("\\", "/"))
    .sort();
}
