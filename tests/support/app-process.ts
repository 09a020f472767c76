import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import superjson from "superjson";
import { z } from "zod";
import type { CrashLabel } from "@/server/crash-points.ts";
import { appBundle } from "./app-bundle.ts";
import { chatJson, ORIGIN, type Asker, type ChatBody } from "./app-under-test.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The product in a process of its own, which can be killed. */
export type AppProcess = {
  readonly url: string;
  readonly pid: number;
  readonly isAlive: () => boolean;
  /** Resolves when the process is gone, however it ended. */
  readonly gone: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** What it has written to its standard error. */
  readonly errors: () => string;
  /** What it has written to its standard output: its log. */
  readonly output: () => string;
  readonly chat: (asker: Asker, body: ChatBody, signal?: AbortSignal) => Promise<Response>;
  /** Kills itself when it passes `label` for the `hits`-th time from now. */
  readonly armCrash: (label: CrashLabel, hits?: number) => Promise<void>;
  /** `kill -9`; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it politely. */
  readonly stop: () => Promise<void>;
};

export type AppProcessOptions = {
  readonly settings: Readonly<Record<string, string>>;
  /** A crash point armed from the first instruction on, `label:hits`. */
  readonly crashAt?: string;
};

/** Starts one and waits until it serves. @throws Error with what it wrote when it does not. */
export async function startAppProcess(options: AppProcessOptions): Promise<AppProcess> {
  const { settings, crashAt = "" } = options;
  const { main, preload } = await appBundle();
  const child = spawn(process.execPath, ["--import", preload, main], {
    cwd: root,
    env: { ...process.env, ...settings, PHO_CRASH_AT: crashAt },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on("error", () => undefined);
  const gone = once(child, "close").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) throw new Error(`an instance of the product did not start:\n${errors}`);
  const url = first.value;
  return {
    url,
    pid: child.pid ?? 0,
    gone,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    errors: () => errors,
    output: () => output,
    chat: (asker, body, signal) => postChat(url, { asker, body, signal }),
    armCrash: async (label, hits = 1) => {
      child.stdin.write(`crash ${label}:${hits}\n`);
      await lines.next();
    },
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
    signal: (signal) => child.kill(signal),
    stop: () => stop(child, gone),
  };
}

async function stop(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await gone;
  clearTimeout(timer);
}

function postChat(
  url: string,
  call: {
    readonly asker: Asker;
    readonly body: ChatBody;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Response> {
  return fetch(`${url}/webapi/chat/auto`, {
    method: "POST",
    headers: { origin: ORIGIN, cookie: call.asker.cookie, "content-type": "application/json" },
    body: chatJson(call.body),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
}

const trpcBody = z.object({
  result: z.object({ data: z.object({ json: z.unknown() }) }).optional(),
  error: z.object({ json: z.looseObject({ message: z.string() }) }).optional(),
});

/** Calls a query of an instance over its HTTP door. @returns the data, or the code of a refusal. */
export async function trpc(
  appUrl: string,
  asker: Asker,
  call: { readonly path: string; readonly input?: unknown },
): Promise<{ readonly data: unknown; readonly code: string | null }> {
  const url = new URL(`${appUrl}/api/trpc/${call.path}`);
  if (call.input !== undefined) {
    url.searchParams.set("input", JSON.stringify(superjson.serialize(call.input)));
  }
  const response = await fetch(url, { headers: { origin: ORIGIN, cookie: asker.cookie } });
  const answer = trpcBody.parse(await response.json());
  return { data: answer.result?.data.json, code: answer.error?.json.message ?? null };
}
