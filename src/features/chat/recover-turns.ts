import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  findLostCalls,
  lostCallEnd,
  lostUsageLog,
  type LostCall,
} from "@/features/ledger/lost-calls.ts";
import type { NewUsageLog } from "@/features/usage/append-usage.ts";
import { crashPoint } from "@/server/crash-points.ts";
import { systemCtx } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { log } from "@/server/log.ts";
import { bookTurn } from "./book-turn.ts";
import { listOrphans, type OrphanTurn } from "./store/orphans.ts";

const PAGE_TURNS = 50;

/**
 * Ends the turns whose process is gone, from what was saved. Nothing sent: the hold is given back
 * and the question may be asked again. Something sent: it is booked by an estimate, the partial
 * answer is kept and marked as interrupted; a call of which nothing arrived is a failed answer.
 * Safe beside itself and beside a process that was only thought to be gone: that one books the
 * difference.
 * @returns how many turns were ended now. A turn that cannot be ended is logged and does not stop
 * the others.
 */
export async function recoverTurns(db: Db): Promise<{ readonly recovered: number }> {
  let recovered = 0;
  const failed = new Set<string>();
  for (;;) {
    const page = await listOrphans(db, PAGE_TURNS + failed.size);
    const left = page.filter((orphan) => !failed.has(orphan.turnId));
    if (left.length === 0) return { recovered };
    const calls = await findLostCalls(
      db,
      left.map((orphan) => orphan.reservationId),
    );
    for (const orphan of left) {
      crashPoint("in_sweep");
      try {
        if (await recoverTurn(db, orphan, calls.get(orphan.reservationId) ?? [])) recovered += 1;
        else failed.add(orphan.turnId);
      } catch (error) {
        failed.add(orphan.turnId);
        log().error({ turnId: orphan.turnId, err: error }, "a turn could not be recovered");
      }
    }
  }
}

async function recoverTurn(
  db: Db,
  orphan: OrphanTurn,
  calls: readonly LostCall[],
): Promise<boolean> {
  const ctx = systemCtx({
    db,
    now: new Date(orphan.admittedAt),
    orgId: orphan.orgId,
    userId: orphan.userId,
    requestId: `recovery-${orphan.turnId}`,
  });
  const text = orphan.text ?? "";
  const sent = calls.filter((call) => call.isDispatched);
  const last = sent.at(-1);
  const logs: NewUsageLog[] = [];
  for (const call of sent) {
    const work = { ...workOf(orphan), isFinalAttempt: call === last };
    logs.push(
      await lostUsageLog(call, work, {
        text: call === last ? text : "",
        outputTokensMax: capOf(orphan.decision, call.modelId),
      }),
    );
  }
  const end = await bookTurn(ctx, {
    ids: {
      turnId: orphan.turnId,
      conversationId: orphan.conversationId,
      questionMessageId: orphan.questionMessageId ?? randomUUID(),
      answerMessageId: orphan.answerMessageId ?? randomUUID(),
    },
    reservationId: orphan.reservationId,
    period: orphan.period,
    logs,
    calls: sent.map(lostCallEnd),
    text,
    finishReason: null,
    state: text === "" ? "failed" : "interrupted",
    failureCode: text === "" ? "overloaded" : null,
    isFailedAnswer: text === "",
    plannedModelId: calls.at(0)?.modelId ?? "",
    isRecovery: true,
  });
  return end !== null;
}

function workOf(orphan: OrphanTurn) {
  return {
    orgId: orphan.orgId,
    userId: orphan.userId,
    periodId: orphan.period.id,
    conversationId: orphan.conversationId,
    turnId: orphan.turnId,
    purpose: "chat",
    occurredAt: new Date(orphan.admittedAt),
    ...complexityOf(orphan.decision),
  };
}

const storedComplexity = z
  .object({
    facts: z.object({
      complexity: z.object({ label: z.string(), score: z.number(), category: z.string() }),
    }),
  })
  .transform(({ facts: { complexity } }) => ({
    queryComplexity: complexity.label,
    complexityScore: complexity.score.toFixed(4),
    queryCategory: complexity.category,
  }));

const capped = z.object({ modelId: z.string(), outputTokensMax: z.number() });
const storedCaps = z.object({
  plan: capped.extend({ fallbacks: z.array(capped).default([]) }),
});

/** The cap a model was sent with; Infinity when the decision does not say. */
function capOf(decision: unknown, modelId: string): number {
  const read = storedCaps.safeParse(decision);
  if (!read.success) return Infinity;
  const { plan } = read.data;
  const found = [plan, ...plan.fallbacks].find((one) => one.modelId === modelId);
  return found?.outputTokensMax ?? Infinity;
}

/** A decision that cannot be read costs the log its labels, not the books their row. */
function complexityOf(decision: unknown) {
  const read = storedComplexity.safeParse(decision);
  return read.success ? read.data : {};
}
