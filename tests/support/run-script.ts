import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Starts a TypeScript file of the repository as `tsx` does, with this process's environment. */
export function startScript(
  file: string,
  args: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ["--import", "tsx", file, ...args], { cwd: root });
}

export type ScriptEnd = {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
};

/** Runs one to its end. */
export async function runScript(file: string, args: readonly string[]): Promise<ScriptEnd> {
  const child = startScript(file, args);
  child.stdin.end();
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { exitCode, output, errors };
}
