import { describe, expect, it } from "vitest";
import { receiptView, type ReceiptView } from "@/features/chat/schema.ts";
import { failedCharge, isUnbooked } from "@/features/chat/ui/charge-words.ts";
import { failureSteps } from "@/features/chat/ui/failure-text.ts";
import { isIdFree, noFailureDetails, type TurnFailure } from "@/features/chat/ui/turn-state.ts";

function receipt(fields: Partial<ReceiptView>): ReceiptView {
  return receiptView.parse({
    usageLogIds: ["l1"],
    servedModelId: "demo/pho-nho",
    tokens: { freshInput: 9, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
    costMicroVnd: "0",
    savedMicroVnd: "0",
    remainingMicroVnd: "1000",
    source: "reported",
    state: "failed",
    ...fields,
  });
}

function failure(code: string, retryAtMs: number | null = null): TurnFailure {
  return { ...noFailureDetails, code, message: "", retryAtMs };
}

const failed = { state: "failed", text: "", finishReason: null, failure: null } as const;

describe("failedCharge", () => {
  it("tells what was given back, and what of it was not", () => {
    const credited = receipt({ creditedMicroVnd: "7000000" });
    expect(failedCharge({ ...failed, receipt: credited })).toEqual({
      kind: "credited",
      creditedMicroVnd: 7_000_000n,
      restMicroVnd: 0n,
    });
    const inPart = receipt({ creditedMicroVnd: "7000000", costMicroVnd: "5" });
    expect(failedCharge({ ...failed, receipt: inPart })).toMatchObject({ restMicroVnd: 5n });
  });

  it("tells what stays charged beyond the bounds", () => {
    expect(failedCharge({ ...failed, receipt: receipt({ costMicroVnd: "5000000" }) })).toEqual({
      kind: "kept",
      costMicroVnd: 5_000_000n,
    });
  });

  it("tells that nothing was charged", () => {
    expect(failedCharge({ ...failed, receipt: receipt({}) })).toEqual({ kind: "none" });
    const turnedAway = { ...failed, state: "refused", receipt: null } as const;
    expect(failedCharge({ ...turnedAway, failure: failure("rate_limited", 1) })).toEqual({
      kind: "none",
    });
  });

  it("counts an empty answer as failed", () => {
    const empty = { ...failed, state: "complete", finishReason: "stop" } as const;
    const credited = receipt({ creditedMicroVnd: "7", state: "complete" });
    expect(failedCharge({ ...empty, receipt: credited })).toMatchObject({ kind: "credited" });
  });

  it("says nothing of answers, of what is not known, and of what the asker cut", () => {
    const paid = receipt({ costMicroVnd: "5", state: "complete" });
    expect(failedCharge({ ...failed, state: "complete", text: "a", receipt: paid })).toBeNull();
    expect(failedCharge({ ...failed, state: "interrupted", receipt: paid })).toBeNull();
    expect(failedCharge({ ...failed, receipt: null })).toBeNull();
    expect(
      failedCharge({ ...failed, state: "complete", finishReason: "length", receipt: paid }),
    ).toBeNull();
    const refused = { ...failed, state: "refused", receipt: null } as const;
    expect(failedCharge({ ...refused, failure: failure("budget_exhausted") })).toBeNull();
  });
});

describe("a question the server could not take", () => {
  it.each(["rate_limited", "overloaded", "database_unavailable"])(
    "%s: is offered again, under its own id where nothing was kept of it",
    (code) => {
      expect(failureSteps(failure(code))).toEqual(["resend"]);
      expect(isIdFree(failure(code, 1))).toBe(true);
      expect(isIdFree(failure(code))).toBe(false);
    },
  );

  it("a failure of the provider is a new question", () => {
    expect(isIdFree(failure("provider_failed", 1))).toBe(false);
  });

  it("is not offered where the answer is there and only its cost waits", () => {
    expect(isUnbooked({ text: "a", failure: failure("database_unavailable") })).toBe(true);
    expect(isUnbooked({ text: "", failure: failure("database_unavailable") })).toBe(false);
    expect(isUnbooked({ text: "a", failure: failure("provider_failed") })).toBe(false);
  });
});
