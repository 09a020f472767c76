import { setTimeout as pause } from "node:timers/promises";
import type { Sql } from "postgres";
import { z } from "zod";
import { countCommitsSince, markTransaction } from "./bench-chat-commits.ts";
import { median } from "./bench-chat-figures.ts";
import { readStream, type StreamCall } from "./bench-chat-load.ts";
import type { RoundTripProxy } from "./bench-chat-proxy.ts";
import { scriptSimulator, shortAnswer } from "./bench-chat-rig.ts";

/** Of a turn, before its provider is asked: session, facts, reserve, mark; the last two commit. */
export const roundTripsMax = 4;
export const commitsMax = 2;

export type RoadCount = {
  readonly roundTrips: number;
  readonly commits: number;
  /** Of the rate limiter, beside them. */
  readonly limiterRoundTrips: number;
};

/** Medians in ms of the parts of a message's road to its first token, in their order. */
export type RoadSpans = Readonly<Record<string, number>>;

type Road = {
  readonly proxy: RoundTripProxy;
  readonly sql: Sql;
  readonly simulatorUrl: string;
  readonly callOf: () => StreamCall;
};

const warmUpMessages = 200;
const countedMessages = 5;
const timedMessages = 100;
const flightsMax = 20;
const patienceMs = 500;

/** Sends enough messages for the process to be warm and its connections to know all statements. */
export async function warmUp(callOf: () => StreamCall, messages = warmUpMessages): Promise<void> {
  for (let sent = 0; sent < messages; sent += 1) await readStream(callOf());
}

/**
 * Counts round trips and commits before the provider is asked: statements are let through one by
 * one, only as many as it takes. The least of several messages counts, for one that meets a new
 * connection prepares its statements there, in round trips of their own.
 */
export async function countRoad(road: Road): Promise<RoadCount> {
  const counts: RoadCount[] = [];
  for (let message = 0; message < countedMessages; message += 1) counts.push(await countOnce(road));
  counts.sort((one, other) => one.roundTrips - other.roundTrips || one.commits - other.commits);
  const [least] = counts;
  if (least === undefined) throw new Error("no message was counted");
  return least;
}

async function countOnce({ proxy, sql, simulatorUrl, callOf }: Road): Promise<RoadCount> {
  await scriptSimulator(simulatorUrl, shortAnswer);
  const mark = await markTransaction(sql);
  proxy.holdAfter(roundTripsMax);
  const answering = readStream(callOf());
  for (let allowed = roundTripsMax; allowed < flightsMax; allowed += 1) {
    if (await isAsked(simulatorUrl, proxy)) break;
    proxy.allowOneMore();
  }
  const roundTrips = proxy.flights().length;
  const limiterRoundTrips = proxy.flightsApart().length;
  const commits = await countCommitsSince(sql, mark);
  proxy.release();
  await answering;
  return { roundTrips, commits, limiterRoundTrips };
}

const recordShape = z.object({ calls: z.array(z.unknown()) });

/** Whether the provider is asked; no, when a statement waits and nothing has happened for a while. */
async function isAsked(simulatorUrl: string, proxy: RoundTripProxy): Promise<boolean> {
  for (;;) {
    const record = recordShape.parse(await (await fetch(`${simulatorUrl}/__record`)).json());
    if (record.calls.length > 0) return true;
    const last = proxy.flights().at(-1)?.sentAtMs ?? performance.now();
    if (proxy.isHolding() && performance.now() - last > patienceMs) return false;
    await pause(5);
  }
}

export type RestTimes = {
  readonly oursFirstTokenMs: number;
  readonly plainFirstTokenMs: number;
  readonly spansMs: RoadSpans;
};

/** First tokens of one reader at a time, with a simulator that answers at once; medians. */
export async function timeAtRest(
  road: Omit<Road, "sql">,
  plainCallOf: () => StreamCall,
): Promise<RestTimes> {
  await scriptSimulator(road.simulatorUrl, shortAnswer);
  await warmUp(plainCallOf);
  const plain: number[] = [];
  for (let message = 0; message < timedMessages; message += 1) {
    plain.push((await readStream(plainCallOf())).firstTokenMs);
  }
  const spansMs = await timeParts(road);
  const oursFirstTokenMs = Object.values(spansMs).reduce((sum, span) => sum + span, 0);
  return { oursFirstTokenMs, plainFirstTokenMs: median(plain), spansMs };
}

/**
 * Where a message's time goes, seen from outside by the proxy: between the statements the app
 * works, during them it waits for the database.
 */
async function timeParts({ proxy, callOf }: Pick<Road, "proxy" | "callOf">): Promise<RoadSpans> {
  const samples: Record<string, number[]> = {};
  for (let message = 0; message < timedMessages; message += 1) {
    proxy.holdAfter(Number.POSITIVE_INFINITY);
    const { startedAtMs, firstTokenMs } = await readStream(callOf());
    const [session, facts, reserve, mark] = proxy.flights();
    if (session === undefined || facts === undefined) continue;
    if (reserve === undefined || mark === undefined) continue;
    const moments = [
      ["request to session statement", session.sentAtMs],
      ["session statement", session.answeredAtMs],
      ["session to facts statement", facts.sentAtMs],
      ["facts statement", facts.answeredAtMs],
      ["facts to reserve statement", reserve.sentAtMs],
      ["reserve statement", reserve.answeredAtMs],
      ["reserve to mark statement", mark.sentAtMs],
      ["mark statement", mark.answeredAtMs],
      ["mark to first token", startedAtMs + firstTokenMs],
    ] as const;
    let before = startedAtMs;
    for (const [name, atMs] of moments) {
      (samples[name] ??= []).push((atMs ?? before) - before);
      before = atMs ?? before;
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, median(times)]));
}
