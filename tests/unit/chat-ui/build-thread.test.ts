import { describe, expect, it } from "vitest";
import { receiptView, type MessageView } from "@/features/chat/schema.ts";
import { buildThread, isSameEntry, isSettling } from "@/features/chat/ui/build-thread.ts";
import {
  noFailureDetails,
  reduceTurns,
  type LiveTurn,
  type NewTurn,
  type TurnAction,
} from "@/features/chat/ui/turn-state.ts";

function message(
  fields: Partial<MessageView> & Pick<MessageView, "id" | "turnId" | "role">,
): MessageView {
  return {
    text: "",
    state: "complete",
    finishReason: null,
    replyTo: null,
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    decision: null,
    receipt: null,
    refusal: null,
    ...fields,
  };
}

const newTurn: NewTurn = {
  turnId: "t1",
  draftNumber: 1,
  conversationId: null,
  retryOf: null,
  questionText: "Vì sao?",
  choice: { provider: "auto", model: "auto" },
};

function turnAfter(turn: Partial<NewTurn>, ...actions: readonly TurnAction[]): readonly LiveTurn[] {
  return actions.reduce(
    reduceTurns,
    reduceTurns([], { type: "started", turn: { ...newTurn, ...turn } }),
  );
}

const text = (piece: string, turnId = "t1"): TurnAction => ({
  type: "stream",
  turnId,
  event: { type: "text", text: piece },
});
const question = message({ id: "m1", turnId: "t1", role: "user", text: "Vì sao?" });

describe("buildThread", () => {
  it("shows a sent question with a waiting answer before anything is stored", () => {
    const [entry] = buildThread({ messages: [], runningTurnIds: [] }, turnAfter({}));
    expect(entry).toMatchObject({
      key: "t1",
      questionText: "Vì sao?",
      answers: [{ state: "waiting", text: "" }],
    });
  });

  it("shows what is read here while the server still runs the turn", () => {
    const stored = {
      messages: [
        question,
        message({ id: "m2", turnId: "t1", role: "assistant", text: "Vì", replyTo: "m1" }),
      ],
      runningTurnIds: ["t1"],
    };
    const entries = buildThread(stored, turnAfter({}, text("Vì tán xạ")));
    expect(entries).toHaveLength(1);
    expect(entries[0]?.answers).toMatchObject([{ state: "streaming", text: "Vì tán xạ" }]);
    expect(isSettling(entries)).toBe(false);
  });

  it("takes the server's word once the turn is closed there", () => {
    const answer = message({
      id: "m2",
      turnId: "t1",
      role: "assistant",
      text: "Vì",
      replyTo: "m1",
      state: "interrupted",
    });
    const live = turnAfter({}, text("Vì tán"), { type: "moved", turnId: "t1", phase: "stopped" });
    expect(isSettling(buildThread({ messages: [question], runningTurnIds: ["t1"] }, live))).toBe(
      true,
    );
    const closed = buildThread({ messages: [question, answer], runningTurnIds: [] }, live);
    expect(closed[0]?.answers).toMatchObject([
      { state: "interrupted", text: "Vì", isStored: true },
    ]);
    expect(isSettling(closed)).toBe(false);
  });

  it("puts the answers to one question together, by version, a live retry last", () => {
    const messages = [
      question,
      message({
        id: "m3",
        turnId: "t2",
        role: "assistant",
        text: "hai",
        replyTo: "m1",
        version: 2,
      }),
      message({ id: "m2", turnId: "t1", role: "assistant", text: "một", replyTo: "m1" }),
    ];
    const live = turnAfter({ turnId: "t3", retryOf: "t2" }, text("ba", "t3"));
    const entries = buildThread({ messages, runningTurnIds: [] }, live);
    expect(entries).toHaveLength(1);
    expect(entries[0]?.answers.map(({ text: shown, version }) => [shown, version])).toEqual([
      ["một", 1],
      ["hai", 2],
      ["ba", 3],
    ]);
  });

  it("shows a stored refusal as the answer, with its details", () => {
    const refusal = {
      code: "budget_exhausted" as const,
      remainingMicroVnd: "0",
      resetsAt: "2026-02-01T00:00:00.000Z",
      capMicroVnd: null,
      limitCount: null,
      modelId: null,
      feature: null,
    };
    const notice = message({
      id: "m2",
      turnId: "t1",
      role: "notice",
      state: "refused",
      replyTo: "m1",
      refusal,
    });
    const [entry] = buildThread({ messages: [question, notice], runningTurnIds: [] }, []);
    expect(entry?.answers).toMatchObject([
      { state: "refused", failure: { code: "budget_exhausted", resetsAt: refusal.resetsAt } },
    ]);
  });

  it("joins a failed answer with the notice of the same turn", () => {
    const messages = [
      question,
      message({
        id: "m2",
        turnId: "t1",
        role: "assistant",
        text: "nửa",
        state: "failed",
        replyTo: "m1",
      }),
      message({
        id: "m3",
        turnId: "t1",
        role: "notice",
        text: "lỗi",
        state: "failed",
        replyTo: "m1",
      }),
    ];
    const [entry] = buildThread({ messages, runningTurnIds: [] }, []);
    expect(entry?.answers).toMatchObject([
      { text: "nửa", state: "failed", failure: { code: "unknown", message: "lỗi" } },
    ]);
  });

  it("keeps the receipt of a failed answer's notice", () => {
    const receipt = receiptView.parse({
      usageLogIds: ["l1", "l2"],
      servedModelId: "demo/pho-nho",
      tokens: { freshInput: 9, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
      ...{ costMicroVnd: "0", savedMicroVnd: "0", creditedMicroVnd: "7" },
      ...{ remainingMicroVnd: "1", source: "estimated", state: "failed" },
    });
    const notice = message({
      ...{ id: "m2", turnId: "t1", role: "notice", state: "failed", replyTo: "m1", receipt },
    });
    const [alone] = buildThread({ messages: [question, notice], runningTurnIds: [] }, []);
    expect(alone?.answers).toMatchObject([{ state: "failed", text: "", receipt }]);
    const half = message({ id: "m3", turnId: "t1", role: "assistant", text: "nửa", replyTo: "m1" });
    const [joined] = buildThread({ messages: [question, half, notice], runningTurnIds: [] }, []);
    expect(joined?.answers).toMatchObject([{ text: "nửa", receipt }]);
  });

  it("shows what was recovered after a restart as interrupted, with its text to go on from", () => {
    const kept = { id: "m2", turnId: "t1", role: "assistant", text: "Vì", replyTo: "m1" } as const;
    const live = turnAfter({}, text("Vì tán"), { type: "moved", turnId: "t1", phase: "lost" });
    const running = { messages: [question, message(kept)], runningTurnIds: ["t1"] };
    const waiting = buildThread(running, live);
    expect(waiting[0]?.answers).toMatchObject([{ state: "recovering", text: "Vì tán" }]);
    expect(isSettling(waiting)).toBe(true);
    const recovered = message({ ...kept, state: "interrupted" });
    const [entry] = buildThread({ messages: [question, recovered], runningTurnIds: [] }, live);
    expect(entry?.answers).toMatchObject([{ state: "interrupted", text: "Vì", isStored: true }]);
  });

  it("waits for a turn that runs elsewhere", () => {
    const entries = buildThread({ messages: [question], runningTurnIds: ["t1"] }, []);
    expect(entries[0]?.answers).toMatchObject([{ state: "recovering" }]);
    expect(isSettling(entries)).toBe(true);
  });

  it("keeps a refused turn's reason until the server tells it", () => {
    const failure = {
      ...noFailureDetails,
      ...{ code: "rate_limited", message: "", retryAfterSeconds: 5 },
    };
    const live = turnAfter({}, { type: "refused", turnId: "t1", failure });
    const [entry] = buildThread({ messages: [], runningTurnIds: [] }, live);
    expect(entry?.answers).toMatchObject([{ state: "refused", failure: { retryAfterSeconds: 5 } }]);
  });
});

describe("reduceTurns", () => {
  it("lets nothing in after Stop", () => {
    const [turn] = turnAfter(
      {},
      text("a"),
      { type: "moved", turnId: "t1", phase: "stopped" },
      text("b"),
    );
    expect(turn).toMatchObject({ phase: "stopped", text: "a" });
  });

  it("does not turn a stopped turn into an unsent one when its request is aborted", () => {
    const [turn] = turnAfter(
      {},
      { type: "moved", turnId: "t1", phase: "stopped" },
      { type: "moved", turnId: "t1", phase: "unsent" },
    );
    expect(turn?.phase).toBe("stopped");
  });

  it("replaces an unsent turn sent again under its id", () => {
    const unsent = turnAfter({}, { type: "moved", turnId: "t1", phase: "unsent" });
    expect(reduceTurns(unsent, { type: "started", turn: newTurn })).toMatchObject([
      { turnId: "t1", phase: "waiting" },
    ]);
  });

  it("touches only the turn meant", () => {
    const two = reduceTurns(turnAfter({}), { type: "started", turn: { ...newTurn, turnId: "t2" } });
    const after = reduceTurns(two, text("x", "t2"));
    expect(after.map(({ text: shown }) => shown)).toEqual(["", "x"]);
    expect(after[0]).toBe(two[0]);
  });
});

describe("isSameEntry", () => {
  it("tells a grown answer from the same one", () => {
    const stored = { messages: [question], runningTurnIds: [] };
    const [before] = buildThread(stored, turnAfter({}, text("a")));
    const [same] = buildThread(stored, turnAfter({}, text("a")));
    const [grown] = buildThread(stored, turnAfter({}, text("ab")));
    expect(before && same && isSameEntry(before, same)).toBe(true);
    expect(before && grown && isSameEntry(before, grown)).toBe(false);
  });
});
