import { describe, expect, it } from "vitest";
import { attachReader, openLiveTurn } from "@/features/chat/attach-reader.ts";

let turns = 0;

/** A turn with the reader that started it; each test has its own. */
function startTurn() {
  turns += 1;
  const ids = ["org", `turn-${turns}`] as const;
  const starter = new AbortController();
  const turn = openLiveTurn(...ids);
  const follow = (signal: AbortSignal) => attachReader(...ids, signal);
  return { turn, starter, follow };
}

describe("the readers of a running answer", () => {
  it("stop the provider when the only one leaves", () => {
    const { turn, starter } = startTurn();
    turn.admit(starter.signal);
    expect(turn.signal.aborted).toBe(false);
    starter.abort();
    expect(turn.signal.aborted).toBe(true);
  });

  it("stop the provider only when the last of several leaves, whoever that is", () => {
    const { turn, starter, follow } = startTurn();
    const follower = new AbortController();
    turn.admit(starter.signal);
    void follow(follower.signal);
    starter.abort();
    expect(turn.signal.aborted).toBe(false);
    follower.abort();
    expect(turn.signal.aborted).toBe(true);
  });

  it("count a follower out that had left before it was attached", () => {
    const { turn, starter, follow } = startTurn();
    turn.admit(starter.signal);
    void follow(AbortSignal.abort());
    expect(turn.signal.aborted).toBe(false);
  });

  it("stop the provider at once when the starter had left before it was admitted", () => {
    const { turn } = startTurn();
    turn.admit(AbortSignal.abort());
    expect(turn.signal.aborted).toBe(true);
  });

  it("cannot attach before the turn is admitted, nor to another's turn", () => {
    const { turn, starter, follow } = startTurn();
    expect(follow(starter.signal)).toBeNull();
    turn.admit(starter.signal);
    expect(attachReader("other-org", `turn-${turns}`, starter.signal)).toBeNull();
    expect(attachReader("org", "turn-unknown", starter.signal)).toBeNull();
  });

  it("hear of the end, after which nobody attaches and leaving stops nothing", async () => {
    const { turn, starter, follow } = startTurn();
    turn.admit(starter.signal);
    const ended = follow(new AbortController().signal);
    turn.end();
    await expect(ended).resolves.toBeUndefined();
    expect(follow(starter.signal)).toBeNull();
    starter.abort();
    expect(turn.signal.aborted).toBe(false);
  });

  it("keep their turn when a second claim of the same id, which lost, ends", () => {
    const { turn, starter, follow } = startTurn();
    turn.admit(starter.signal);
    openLiveTurn("org", `turn-${turns}`).end();
    expect(follow(new AbortController().signal)).not.toBeNull();
  });
});
