import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { installAdvice, installPackages } from "./install-packages.mjs";
import { Interrupted, makeSteps, printFailure, StepFailure } from "./steps.mjs";

/**
 * `npm run up [-- --verbose]`, `npm run dev`: from a fresh clone to a served page. This file needs
 * nothing but Node; what needs the packages is in serve.ts, which it starts once they are there.
 */

const nodeWanted = [20, 19];
const stepsTotal = 9;

process.chdir(fileURLToPath(new URL("../../", import.meta.url)));
const isVerbose = process.argv.includes("--verbose");
const stopping = new AbortController();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stopping.abort());

// npm hands a signal to the shell between us, and not every shell hands it on before it ends.
const parent = process.ppid;
const isStartedByNpm = process.env.npm_lifecycle_event !== undefined;
const watch = setInterval(() => {
  if (isStartedByNpm && process.ppid !== parent) stopping.abort();
}, 500);
watch.unref();

try {
  await prepare();
  process.exitCode = await serve();
} catch (error) {
  if (error instanceof Interrupted) process.stdout.write("\nStopped.\n");
  else {
    printFailure("Phở Chat does not run", error);
    process.exitCode = 1;
  }
}

async function prepare() {
  const steps = makeSteps({ first: 1, total: stepsTotal, signal: stopping.signal });
  const nodeAdvice = `install Node.js ${nodeWanted.join(".")} or newer and start again`;
  await steps.run({ title: "Node.js", advice: nodeAdvice }, async () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const [majorWanted, minorWanted] = nodeWanted;
    if (major < majorWanted || (major === majorWanted && minor < minorWanted)) {
      throw new StepFailure(`this is Node.js ${process.versions.node}, which is too old`);
    }
    steps.note(process.versions.node);
  });
  await steps.run({ title: "Packages", advice: installAdvice }, async () => {
    steps.note(await installPackages({ isVerbose, signal: stopping.signal }));
  });
}

/** @returns {Promise<number>} the exit code */
function serve() {
  if (stopping.signal.aborted) throw new Interrupted();
  const parameters = ["--import", "tsx", "src/cli/serve.ts", ...process.argv.slice(2)];
  // The channel tells the child when this process is killed: then it stops, too.
  const child = spawn(process.execPath, parameters, {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  stopping.signal.addEventListener("abort", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (exitCode, killedBy) => {
      if (killedBy === null) return resolve(exitCode ?? 1);
      const advice = "start again; what was committed is kept";
      reject(new StepFailure(`its main process was killed (${killedBy})`, { advice }));
    });
  });
}
