import type { Dispatch } from "react";
import { openCompletion } from "./open-completion.ts";
import { createTextPainter } from "./paint-text.ts";
import type { CompletionEvent } from "./read-completion-stream.ts";
import type { NewTurn, TurnAction } from "./turn-state.ts";

export type TurnRun = {
  readonly dispatch: Dispatch<TurnAction>;
  readonly signal: AbortSignal;
  readonly onConversation: (turn: NewTurn, conversationId: string) => void;
};

async function followStream(
  turn: NewTurn,
  events: AsyncGenerator<CompletionEvent>,
  run: TurnRun,
): Promise<void> {
  const { turnId } = turn;
  let hasEnded = false;
  const painter = createTextPainter((text) =>
    run.dispatch({ type: "stream", turnId, event: { type: "text", text } }),
  );
  try {
    for await (const event of events) {
      if (event.type === "text") {
        painter.push(event.text);
        continue;
      }
      painter.flush();
      run.dispatch({ type: "stream", turnId, event });
      if (event.type === "opened" && event.conversationId !== null)
        run.onConversation(turn, event.conversationId);
      hasEnded ||= event.type === "ended" || event.type === "failed";
    }
  } catch {
    // Aborted by Stop (its phase already stands) or the line broke: both end as "the server is
    // asked".
  }
  painter.flush();
  if (!hasEnded) run.dispatch({ type: "moved", turnId, phase: "lost" });
}

/** Sends one turn and follows its answer to the end, telling the reducer. Never rejects. */
export async function runTurn(turn: NewTurn, run: TurnRun): Promise<void> {
  const { turnId } = turn;
  run.dispatch({ type: "started", turn });
  try {
    const opened = await openCompletion(turn, run.signal);
    if (opened.type === "stream") {
      await followStream(turn, opened.events, run);
      return;
    }
    run.dispatch({ type: "refused", turnId, failure: opened.failure });
    if (opened.conversationId !== null) run.onConversation(turn, opened.conversationId);
  } catch {
    run.dispatch({ type: "moved", turnId, phase: "unsent" });
  }
}
