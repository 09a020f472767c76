import { divFloor } from "@/domain/money/division.ts";
import type { Db } from "@/server/db/client.ts";
import { readAnswerCosts, type AnswerCosts } from "./store-averages.ts";

/** Read anew after so long, by each process for itself. */
const KEPT_MS = 60 * 60_000;

/** Fewer answers than this of one kind say nothing about the next one. */
const ANSWERS_MIN = 20;

type Held = { readonly readAtMs: number; readonly costs: Promise<AnswerCosts> };

const held = new WeakMap<Db, Held>();

/**
 * What answers cost on average over the last 30 days, all customers together, kept for an hour.
 * @returns the mean cost of a simple and of a complex one in micro-VND (null: too few of them, or
 * they cost nothing), and from how many answers both come.
 */
export async function answerAverages(db: Db): Promise<AnswerAverages> {
  const known = held.get(db);
  const nowMs = performance.now();
  if (known !== undefined && nowMs - known.readAtMs < KEPT_MS) return averagesOf(await known.costs);
  const costs = readAnswerCosts(db);
  held.set(db, { readAtMs: nowMs, costs });
  try {
    return averagesOf(await costs);
  } catch (error) {
    held.delete(db);
    throw error;
  }
}

export type AnswerAverages = {
  readonly simpleMicroVnd: bigint | null;
  readonly complexMicroVnd: bigint | null;
  readonly answers: number;
};

function averagesOf({ simple, complex }: AnswerCosts): AnswerAverages {
  return {
    simpleMicroVnd: meanOf(simple),
    complexMicroVnd: meanOf(complex),
    answers: simple.answers + complex.answers,
  };
}

function meanOf(kind: AnswerCosts["simple"]): bigint | null {
  if (kind.answers < ANSWERS_MIN) return null;
  const mean = divFloor(kind.costMicroVnd, BigInt(kind.answers));
  return mean > 0n ? mean : null;
}
