import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Interrupted, StepFailure } from "./steps.mjs";

export type WebServerOptions = {
  readonly host: string;
  readonly port: number;
  readonly isDev: boolean;
  readonly isVerbose: boolean;
  readonly signal: AbortSignal;
};

export type WebServer = {
  /** Resolves when the process has ended by itself or was stopped. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
};

const next = "node_modules/next/dist/bin/next";

/** Time for answers that are being streamed to end or be saved. */
const graceMs = 30_000;

const endWithParent = "./src/cli/end-with-parent.mjs";

/** @throws StepFailure when the address cannot be listened on, saying which setting to change. */
export async function checkAddressFree(host: string, port: number): Promise<void> {
  const server = createServer();
  const refused = await new Promise<NodeJS.ErrnoException | null>((settle) => {
    server.once("error", settle);
    server.listen({ host, port, exclusive: true }, () => settle(null));
  });
  if (refused === null) {
    server.close();
    await once(server, "close");
    return;
  }
  const advice = {
    EADDRINUSE: `stop the other program (perhaps Phở Chat runs already), or choose another PORT, as: PORT=${port + 1} npm run up`,
    EACCES: "choose a PORT of 1024 or above, which needs no special rights",
    EADDRNOTAVAIL:
      "HOST must be an address of this machine: 127.0.0.1 for itself only, 0.0.0.0 for everybody",
  }[refused.code ?? ""];
  const isTaken = refused.code === "EADDRINUSE";
  throw new StepFailure(
    isTaken
      ? `port ${port} on ${host} is in use by another program`
      : `cannot listen on ${host}:${port} (${refused.message})`,
    { advice: advice ?? "check HOST and PORT" },
  );
}

/** Starts the web server and waits until it says that it is ready (database included). */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const mode = options.isDev ? "dev" : "start";
  const address = ["-H", options.host, "-p", String(options.port)];
  const child = spawn(process.execPath, ["--import", endWithParent, next, mode, ...address], {
    env: {
      ...process.env,
      NODE_ENV: options.isDev ? "development" : "production",
      NEXT_TELEMETRY_DISABLED: "1",
      // Our own shutdown (server/drain.ts) ends it; Next's would wait for streams without end.
      ...(options.isDev ? {} : { NEXT_MANUAL_SIG_HANDLE: "true" }),
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const ended = new Promise<void>((settle) => child.once("close", () => settle()));
  const early = showAfterStart(child, options.isVerbose);
  const stop = () => stopChild(child, ended);
  try {
    await waitUntilReady(child, options);
  } catch (error) {
    await stop();
    throw new StepFailure(error instanceof Error ? error.message : String(error), {
      output: early.text(),
      cause: error,
    });
  }
  early.passOn();
  return { ended, stop };
}

/** Before it serves, its output matters only if it fails; afterwards it is the log. */
function showAfterStart(
  child: ChildProcess,
  isVerbose: boolean,
): { text: () => string; passOn: () => void } {
  let isPassedOn = isVerbose;
  let kept = "";
  const take = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
    if (isPassedOn) stream.write(chunk);
    else kept += chunk.toString("utf8");
  };
  child.stdout?.on("data", take(process.stdout));
  child.stderr?.on("data", take(process.stderr));
  return { text: () => kept, passOn: () => (isPassedOn = true) };
}

async function waitUntilReady(child: ChildProcess, options: WebServerOptions): Promise<void> {
  const url = `http://${reachableHost(options.host)}:${options.port}/api/health/ready`;
  const patienceMs = options.isDev ? 180_000 : 60_000;
  const deadline = performance.now() + patienceMs;
  let last = "no answer";
  while (performance.now() < deadline) {
    if (options.signal.aborted) throw new Interrupted();
    if (hasEnded(child))
      throw new Error(
        `the web server ended while it started (exit code ${child.exitCode ?? "none"})`,
      );
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
      if (response.ok) return;
      last = `${response.status} ${await response.text()}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await pause(100);
  }
  throw new Error(
    `the web server was not ready after ${patienceMs / 1000} s; ${url} said: ${last}`,
  );
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (hasEnded(child)) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** "Everywhere" is an address to listen on, not one to call. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
