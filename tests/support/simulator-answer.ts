import type { ServerResponse } from "node:http";
import { setImmediate, setTimeout } from "node:timers/promises";
import { chunksOf, cutToTokens, textOfTokens, tokensOf } from "./simulator-bill.ts";
import type { SimulatorCall, SimulatorRecord } from "./simulator-record.ts";
import type { FilledScript } from "./simulator-script.ts";
import type { Answer, Wire } from "./simulator-wire.ts";

export type Play = {
  readonly call: SimulatorCall;
  readonly record: SimulatorRecord;
  readonly wire: Wire;
  readonly script: FilledScript;
  readonly response: ServerResponse;
  /** Fresh input tokens the request came to. */
  readonly promptTokens: number;
  readonly outputTokensMax: number;
  readonly includeUsage: boolean;
};

/**
 * Answers one request by its script and writes down what was billed; returns when it is over,
 * either way.
 */
export async function playAnswer(play: Play): Promise<void> {
  const { record, script } = play;
  const gone = watchDisconnect(play);
  await Promise.race([record.heldUntilReleased(), gone.promise]);
  if (script.pauseBeforeHead && !gone.happened()) await pause(play, gone.promise);
  if (gone.happened()) return;
  if (script.resetBeforeHead) reset(play);
  else if (script.status !== undefined) endWithStatus(play, script.status);
  else if (script.rawBody !== undefined) await endWithRawBody(play, script.rawBody);
  else await streamAnswer(play, gone);
}

type Gone = { readonly promise: Promise<void>; readonly happened: () => boolean };

function watchDisconnect({ call, record, response }: Play): Gone {
  let hasHappened = false;
  const promise = new Promise<void>((resolve) => {
    response.once("close", () => {
      resolve();
      if (response.writableFinished || call.endedAt !== null) return;
      hasHappened = true;
      call.disconnectedAt = Date.now();
      end(call, record);
    });
  });
  return { promise, happened: () => hasHappened };
}

function end(call: SimulatorCall, record: SimulatorRecord): void {
  call.endedAt = Date.now();
  record.changed();
}

/** Silence until `release()`, the end of the script's patience or of the connection. */
async function pause({ record, script }: Play, gone: Promise<void>): Promise<void> {
  const over = script.pauseMs === undefined ? [] : [setTimeout(script.pauseMs)];
  await Promise.race([record.pausedUntilReleased(), gone, ...over]);
}

function reset({ call, record, response }: Play): void {
  call.endedAt = Date.now();
  response.socket?.resetAndDestroy();
  end(call, record);
}

function sendHead({ call, record, wire, response }: Play): void {
  call.startedAt = Date.now();
  call.status = 200;
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    ...wire.headers(call.callId),
  });
  response.flushHeaders();
  record.changed();
}

function endWithStatus({ call, record, wire, script, response }: Play, status: number): void {
  call.startedAt = Date.now();
  call.status = status;
  response.writeHead(status, {
    "content-type": "application/json",
    ...(script.retryAfter === undefined ? {} : { "retry-after": script.retryAfter }),
    ...wire.headers(call.callId),
  });
  response.end(JSON.stringify(wire.errorBody(script, call.callId)));
  end(call, record);
}

async function endWithRawBody(play: Play, rawBody: string): Promise<void> {
  const { call, record, script, response } = play;
  const bytes = Buffer.from(rawBody, script.rawEncoding);
  const splitAt = script.splitAt ?? bytes.length;
  sendHead(play);
  response.write(bytes.subarray(0, splitAt));
  // Two macrotasks apart, so that the parts reach the client as two reads.
  await setImmediate();
  await setImmediate();
  response.end(bytes.subarray(splitAt));
  end(call, record);
}

async function streamAnswer(play: Play, gone: Gone): Promise<void> {
  const { call, record, wire, script, response } = play;
  const { text, finish, reasoning } = planAnswer(play);
  const { billed } = call;
  billed.freshInput = script.input ?? play.promptTokens;
  billed.cachedInput = script.cached;
  billed.cacheWrite5m = script.cacheWrite5m;
  billed.cacheWrite1h = script.cacheWrite1h;
  billed.reasoning = reasoning;
  billed.output = reasoning;
  const answer: Answer = {
    callId: call.callId,
    servedModel: call.servedModel,
    script,
    finish,
    includeUsage: play.includeUsage,
    bill: () => billed,
  };
  sendHead(play);
  // Whoever waits for the head may release at once: only a drip may be waited for before the pause.
  const opened = write(play, gone, wire.open(answer));
  if (script.dripMs !== undefined) await opened;
  if (script.showReasoning && reasoning > 0)
    await write(play, gone, wire.reasoning(answer, textOfTokens(reasoning)));
  const chunks = chunksOf(text, script.tokensPerChunk);
  let bytesSent = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (await endsHere(play, answer, index)) return;
    await Promise.race([pace(script.delayMsPerChunk), gone.promise]);
    if (gone.happened()) return;
    bytesSent += Buffer.byteLength(chunk, "utf8");
    call.textSent += chunk;
    billed.output = reasoning + Math.ceil(bytesSent / 4);
    await write(play, gone, wire.text(answer, chunk));
  }
  if (await endsHere(play, answer, chunks.length)) return;
  if (gone.happened()) return;
  if (script.dripMs !== undefined) await write(play, gone, wire.close(answer));
  if (gone.happened()) return;
  response.end(script.dripMs === undefined ? wire.close(answer) : "");
  end(call, record);
}

async function write({ script, response }: Play, gone: Gone, bytes: string): Promise<void> {
  if (script.dripMs === undefined) {
    response.write(bytes);
    return;
  }
  for (const byte of Buffer.from(bytes, "utf8")) {
    await Promise.race([setTimeout(script.dripMs), gone.promise]);
    if (gone.happened()) return;
    response.write(Buffer.of(byte));
  }
}

function planAnswer({ script, outputTokensMax }: Play) {
  const reasoning = Math.min(script.reasoning, outputTokensMax);
  const whole = script.empty ? "" : (script.text ?? textOfTokens(script.output));
  const text = cutToTokens(whole, outputTokensMax - reasoning);
  const isCut = reasoning < script.reasoning || tokensOf(text) < tokensOf(whole);
  const finish: Answer["finish"] = isCut ? "length" : script.refused ? "refused" : "stop";
  return { reasoning, text, finish };
}

/** A turn of the event loop at least, so that a client that left is noticed between two chunks. */
async function pace(delayMs: number): Promise<void> {
  if (delayMs === 0) await setImmediate();
  else await setTimeout(delayMs);
}

/**
 * Acts out what the script holds for the moment after `index` chunks; true when that was the end of
 * the answer.
 */
async function endsHere(play: Play, answer: Answer, index: number) {
  const { call, record, wire, script, response } = play;
  if (script.pauseAfter === index) {
    record.changed();
    await pause(play, closed(response));
    if (call.disconnectedAt !== null) return true;
  }
  if (script.garbageAfter === index) response.write(script.garbage);
  if (script.errorAfter === index) {
    response.end(wire.errorEvent(answer));
  } else if (script.endAfter === index) {
    response.end();
  } else if (script.resetAfter === index) {
    // A reset throws unsent bytes away, so what was written before must leave first.
    await new Promise((resolve) => response.write(": reset\n\n", resolve));
    reset(play);
    return true;
  } else return false;
  end(call, record);
  return true;
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    else response.once("close", resolve);
  });
}
