import type { DecisionView, ReceiptView } from "../schema.ts";
import type { CompletionEvent, FinishReason } from "./read-completion-stream.ts";

/** Where the next message goes: the path segment of the chat door and the `model` of its body. */
export type ModelChoice = { readonly provider: string; readonly model: string };

/**
 * Why a turn got no (whole) answer. `code` is a `DomainErrorCode`, or `unknown` for what no table
 * names.
 */
export type TurnFailure = {
  readonly code: string;
  readonly message: string;
  readonly remainingMicroVnd: string | null;
  readonly resetsAt: string | null;
  readonly capMicroVnd: string | null;
  readonly limitCount: number | null;
  readonly modelId: string | null;
  readonly feature: string | null;
  readonly retryAfterSeconds: number | null;
  /**
   * From when, by this device's clock, the same message may be sent again; set only where the
   * server kept nothing of it.
   */
  readonly retryAtMs: number | null;
};

export const noFailureDetails: Omit<TurnFailure, "code" | "message"> = {
  remainingMicroVnd: null,
  resetsAt: null,
  capMicroVnd: null,
  limitCount: null,
  modelId: null,
  feature: null,
  retryAfterSeconds: null,
  retryAtMs: null,
};

const passingCodes: ReadonlySet<string> = new Set([
  "rate_limited",
  "overloaded",
  "database_unavailable",
]);

/**
 * Whether the server turned the message away for the moment and without a trace, so that it may
 * come again under its own id.
 */
export function isIdFree({ code, retryAtMs }: TurnFailure): boolean {
  return passingCodes.has(code) && retryAtMs !== null;
}

/**
 * `waiting` sent, nothing back yet; `stopped` by the reader, `lost` the line: in both the server is
 * asked for what it kept; `unsent` never reached it, so the same id may be sent again.
 */
export type LivePhase =
  "waiting" | "streaming" | "finished" | "stopped" | "lost" | "refused" | "failed" | "unsent";

/**
 * A turn this page started. What the server stored about it replaces it as soon as that is known.
 */
export type LiveTurn = {
  readonly turnId: string;
  readonly draftNumber: number;
  readonly conversationId: string | null;
  readonly retryOf: string | null;
  readonly questionText: string;
  readonly choice: ModelChoice;
  readonly phase: LivePhase;
  readonly text: string;
  readonly decision: DecisionView | null;
  readonly receipt: ReceiptView | null;
  readonly finishReason: FinishReason | null;
  readonly failure: TurnFailure | null;
};

export type NewTurn = Pick<
  LiveTurn,
  "turnId" | "draftNumber" | "conversationId" | "retryOf" | "questionText" | "choice"
>;

export type TurnAction =
  | { readonly type: "started"; readonly turn: NewTurn }
  | { readonly type: "stream"; readonly turnId: string; readonly event: CompletionEvent }
  | { readonly type: "refused"; readonly turnId: string; readonly failure: TurnFailure }
  | {
      readonly type: "moved";
      readonly turnId: string;
      readonly phase: "stopped" | "lost" | "unsent";
    }
  | { readonly type: "found"; readonly turnId: string; readonly conversationId: string }
  | { readonly type: "removed"; readonly turnId: string };

export function isReading(turn: LiveTurn): boolean {
  return turn.phase === "waiting" || turn.phase === "streaming";
}

function startedTurn(turn: NewTurn): LiveTurn {
  return {
    ...turn,
    phase: "waiting",
    text: "",
    decision: null,
    receipt: null,
    finishReason: null,
    failure: null,
  };
}

/** After Stop the reader's phase stands: chunks still in flight change nothing. */
function withEvent(turn: LiveTurn, event: CompletionEvent): LiveTurn {
  if (!isReading(turn)) return turn;
  switch (event.type) {
    case "opened":
      return {
        ...turn,
        conversationId: event.conversationId ?? turn.conversationId,
        decision: event.decision,
      };
    case "text":
      return { ...turn, phase: "streaming", text: turn.text + event.text };
    case "finished":
      return {
        ...turn,
        phase: "streaming",
        finishReason: event.finishReason,
        receipt: event.receipt,
      };
    case "failed": {
      const failure = { ...noFailureDetails, code: event.code, message: event.message };
      return { ...turn, phase: "failed", failure, receipt: event.receipt };
    }
    case "ended":
      return { ...turn, phase: "finished" };
  }
}

function changed(
  turn: LiveTurn,
  action: Exclude<TurnAction, { type: "started" | "removed" }>,
): LiveTurn {
  switch (action.type) {
    case "stream":
      return withEvent(turn, action.event);
    case "refused":
      return isReading(turn) ? { ...turn, phase: "refused", failure: action.failure } : turn;
    case "moved":
      return isReading(turn) ? { ...turn, phase: action.phase } : turn;
    case "found":
      return { ...turn, conversationId: action.conversationId };
  }
}

/** State of the turns this page started; sending a turn again under its own id replaces it. */
export function reduceTurns(turns: readonly LiveTurn[], action: TurnAction): readonly LiveTurn[] {
  if (action.type === "removed") return turns.filter((turn) => turn.turnId !== action.turnId);
  if (action.type === "started") {
    return [
      ...turns.filter((turn) => turn.turnId !== action.turn.turnId),
      startedTurn(action.turn),
    ];
  }
  return turns.map((turn) => (turn.turnId === action.turnId ? changed(turn, action) : turn));
}
