import { readCpuMs } from "./bench-chat-cpu.ts";
import { median, type WaveFigures } from "./bench-chat-figures.ts";
import { runWave, type StreamCall } from "./bench-chat-load.ts";
import { scriptSimulator, shortAnswer } from "./bench-chat-rig.ts";

/** One of the two servers that are compared. */
export type Target = {
  readonly processId: number;
  /** The next request of a customer. */
  readonly callOf: (customer: number) => StreamCall;
};

export type Bench = {
  readonly simulatorUrl: string;
  readonly ours: Target;
  readonly plain: Target;
  readonly databaseProcessId: number;
};

/** A way to load the servers. */
export type Level = {
  readonly name: string;
  readonly streams: number;
  readonly streamsPerReader: number;
  readonly delayMsPerChunk: number;
  /** Whether all streams begin at one instant; else evenly over the length of one. */
  readonly isBurst?: true;
  /** All streams are one customer's, so that they meet on the same rows; only ours is measured. */
  readonly isOneCustomer?: true;
};

const chunks = 200;
const tokensPerChunk = 4;
const warmUpMessages = 320;
const warmUpReaders = 16;

export const levels: readonly Level[] = [
  { name: "1", streams: 1, streamsPerReader: 5, delayMsPerChunk: 4 },
  { name: "16", streams: 16, streamsPerReader: 2, delayMsPerChunk: 15 },
  { name: "64", streams: 64, streamsPerReader: 2, delayMsPerChunk: 20 },
  { name: "16 at once", streams: 16, streamsPerReader: 1, delayMsPerChunk: 15, isBurst: true },
  { name: "16 of one", streams: 16, streamsPerReader: 2, delayMsPerChunk: 15, isOneCustomer: true },
];

/** Messages until code is compiled and every connection knows every statement, on both servers. */
export async function warmUp(bench: Bench): Promise<void> {
  await scriptSimulator(bench.simulatorUrl, shortAnswer);
  for (const target of [bench.ours, bench.plain]) {
    await runWave({
      ...{ streams: warmUpReaders, streamsPerReader: warmUpMessages / warmUpReaders, spreadMs: 0 },
      callOf: target.callOf,
    });
  }
}

/** Waves of both targets one after the other, each round in the other order. */
export async function measureLevel(bench: Bench, level: Level, rounds: number) {
  const ours: WaveFigures[] = [];
  const plain: WaveFigures[] = [];
  const { delayMsPerChunk } = level;
  const script = { output: chunks * tokensPerChunk, tokensPerChunk, delayMsPerChunk };
  const targets = level.isOneCustomer === true ? (["ours"] as const) : (["ours", "plain"] as const);
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? targets : targets.toReversed()) {
      await scriptSimulator(bench.simulatorUrl, script);
      const figures = await waveOf(bench, bench[name], level);
      (name === "ours" ? ours : plain).push(figures);
    }
  }
  return { ours, plain };
}

async function waveOf(bench: Bench, target: Target, level: Level): Promise<WaveFigures> {
  const before = await readClocks(bench, target);
  const wave = await runWave({
    streams: level.streams,
    streamsPerReader: level.streamsPerReader,
    spreadMs: level.isBurst === true ? 0 : level.delayMsPerChunk * chunks,
    callOf: (reader) => target.callOf(level.isOneCustomer === true ? 0 : reader),
  });
  const after = await readClocks(bench, target);
  return {
    firstTokenMsP50: median(wave.firstTokensMs),
    firstTokensMs: wave.firstTokensMs,
    cpuMsPerChunk: (after.targetMs - before.targetMs) / wave.chunks,
    databaseCpuMsPerMessage: (after.databaseMs - before.databaseMs) / wave.messages,
  };
}

async function readClocks(bench: Bench, target: Target) {
  const [targetMs, databaseMs] = await Promise.all([
    readCpuMs(target.processId),
    readCpuMs(bench.databaseProcessId),
  ]);
  return { targetMs, databaseMs };
}
