import { spawn } from "node:child_process";
import process from "node:process";
import { performance } from "node:perf_hooks";

/** How much of a failed command's output is shown. */
const headLines = 15;
const tailLines = 30;

/**
 * A failure with its cause in one sentence, what to do about it, and what the failing command
 * printed.
 */
export class StepFailure extends Error {
  /** @param {string} why @param {{ advice?: string, output?: string, cause?: unknown }} [more] */
  constructor(why, more = {}) {
    super(why, { cause: more.cause });
    this.name = "StepFailure";
    this.advice = more.advice ?? "";
    this.output = more.output ?? "";
  }
}

/** Thrown between steps once a stop was asked for. */
export class Interrupted extends Error {}

/** @param {number} sinceMs of `performance.now()` */
export function seconds(sinceMs) {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
}

/**
 * Numbered steps on the terminal: each shows that it works and for how long, and ends as one line.
 * @param {{ first: number, total: number, signal: AbortSignal }} options
 */
export function makeSteps({ first, total, signal }) {
  let number = first - 1;
  let said = "done";
  return {
    /** What the line of the running step shall say at its end. @param {string} text */
    note(text) {
      said = text;
    },
    /**
     * @template Result
     * @param {{ title: string, advice: string }} step `advice`: what to do when it fails
     * @param {() => Promise<Result>} work
     * @returns {Promise<Result>}
     */
    async run({ title, advice }, work) {
      if (signal.aborted) throw new Interrupted();
      number += 1;
      const label = `[${number}/${total}] ${title}`;
      const startedMs = performance.now();
      const stopTicking = showWorking(label, startedMs);
      said = "done";
      try {
        const result = await work();
        stopTicking();
        process.stdout.write(`${label}: ${said} (${seconds(startedMs)})\n`);
        return result;
      } catch (error) {
        stopTicking();
        if (signal.aborted) throw new Interrupted();
        process.stdout.write(`${label}: FAILED (${seconds(startedMs)})\n`);
        throw error instanceof StepFailure && error.advice !== ""
          ? error
          : new StepFailure(messageOf(error), {
              advice,
              output: error?.output ?? "",
              cause: error,
            });
      }
    },
  };
}

/** @param {string} label @param {number} startedMs @returns {() => void} */
function showWorking(label, startedMs) {
  if (process.stdout.isTTY) {
    const draw = () => process.stdout.write(`\r\x1b[K${label} … ${seconds(startedMs)}`);
    draw();
    const timer = setInterval(draw, 500);
    return () => {
      clearInterval(timer);
      process.stdout.write("\r\x1b[K");
    };
  }
  const tell = () => process.stdout.write(`${label} … ${seconds(startedMs)}\n`);
  const first = setTimeout(tell, 1_000);
  const later = setInterval(tell, 15_000);
  return () => {
    clearTimeout(first);
    clearInterval(later);
  };
}

/**
 * Prints a failure as cause, advice and the end of the output. @param {string} headline @param
 * {unknown} error
 */
export function printFailure(headline, error) {
  const output = error instanceof StepFailure ? error.output.trim() : "";
  const advice = error instanceof StepFailure ? error.advice : "";
  process.stderr.write(`\n${headline}: ${messageOf(error)}\n`);
  if (output !== "") process.stderr.write(`\n${abridge(output)}\n`);
  if (advice !== "") process.stderr.write(`\nWhat to do: ${advice}\n`);
}

/**
 * Runs a command to its end, its output kept and shown only when `isVerbose`; aborted, it gets
 * SIGTERM.
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {{ env?: NodeJS.ProcessEnv, isVerbose?: boolean, signal?: AbortSignal, onOutput?: (text:
 * string) => void }} [options]
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
export function runCommand(command, parameters, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = () => child.kill("SIGTERM");
    options.signal?.addEventListener("abort", end);
    let output = "";
    const collect = (/** @type {Buffer} */ chunk) => {
      const text = chunk.toString("utf8");
      output += text;
      if (options.isVerbose) process.stdout.write(text);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => resolve({ exitCode: 127, output: error.message }));
    child.on("close", (exitCode) => {
      options.signal?.removeEventListener("abort", end);
      resolve({ exitCode: exitCode ?? 1, output });
    });
  });
}

/**
 * The beginning, where most tools name the cause, and the end, where the others do.
 * @param {string} text
 */
function abridge(text) {
  const lines = text.trimEnd().split("\n");
  if (lines.length <= headLines + tailLines) return lines.join("\n");
  return [...lines.slice(0, headLines), "  …", ...lines.slice(-tailLines)].join("\n");
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
