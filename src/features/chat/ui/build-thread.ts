import type { DecisionView, MessageView, ReceiptView } from "../schema.ts";
import type { FinishReason } from "./read-completion-stream.ts";
import { isReading, noFailureDetails, type LiveTurn, type TurnFailure } from "./turn-state.ts";

/**
 * `stopping`: the reader stopped; `recovering`: the line broke, or the turn runs elsewhere. In both
 * the server's last word (text, cost) is awaited.
 */
export type AnswerState =
  | "waiting"
  | "streaming"
  | "stopping"
  | "recovering"
  | "complete"
  | "interrupted"
  | "failed"
  | "refused"
  | "unsent";

export type ThreadAnswer = {
  readonly turnId: string;
  readonly state: AnswerState;
  readonly version: number;
  readonly text: string;
  readonly decision: DecisionView | null;
  readonly receipt: ReceiptView | null;
  readonly finishReason: FinishReason | null;
  readonly failure: TurnFailure | null;
  readonly isStored: boolean;
};

/** A question and the answers given to it, oldest first. */
export type ThreadEntry = {
  readonly key: string;
  readonly questionText: string | null;
  readonly answers: readonly ThreadAnswer[];
};

type StoredThread = {
  readonly messages: readonly MessageView[];
  readonly runningTurnIds: readonly string[];
};
type OpenEntry = {
  key: string;
  questionId: string | null;
  questionText: string | null;
  answers: ThreadAnswer[];
};

function storedFailure(message: MessageView): TurnFailure | null {
  const { refusal } = message;
  if (refusal) return { ...noFailureDetails, ...refusal, message: message.text };
  if (message.role === "notice")
    return { ...noFailureDetails, code: "unknown", message: message.text };
  return null;
}

function storedAnswer(message: MessageView, isRunning: boolean): ThreadAnswer {
  return {
    turnId: message.turnId,
    state: isRunning ? "recovering" : message.state,
    version: message.version,
    text: message.role === "notice" ? "" : message.text,
    decision: message.decision,
    receipt: message.receipt,
    finishReason: message.finishReason,
    failure: storedFailure(message),
    isStored: !isRunning,
  };
}

function liveState(turn: LiveTurn): AnswerState {
  switch (turn.phase) {
    case "finished":
      return turn.receipt?.state ?? "complete";
    case "stopped":
      return "stopping";
    case "lost":
      return "recovering";
    default:
      return turn.phase;
  }
}

function liveAnswer(turn: LiveTurn, version: number): ThreadAnswer {
  const { turnId, text, decision, receipt, finishReason, failure } = turn;
  return {
    turnId,
    state: liveState(turn),
    version,
    text,
    decision,
    receipt,
    finishReason,
    failure,
    isStored: false,
  };
}

/**
 * A notice beside an answer of the same turn (a failed answer and its reason) is shown as one item.
 */
function addStored(entry: OpenEntry, answer: ThreadAnswer): void {
  const index = entry.answers.findIndex(({ turnId }) => turnId === answer.turnId);
  const known = entry.answers[index];
  if (!known) {
    entry.answers.push(answer);
    return;
  }
  const text = known.text === "" ? answer.text : known.text;
  entry.answers[index] = {
    ...known,
    text,
    receipt: known.receipt ?? answer.receipt,
    failure: known.failure ?? answer.failure,
  };
}

function placeStored(entries: OpenEntry[], stored: StoredThread): void {
  const running = new Set(stored.runningTurnIds);
  for (const message of stored.messages) {
    if (message.role === "user") {
      entries.push({
        key: message.turnId,
        questionId: message.id,
        questionText: message.text,
        answers: [],
      });
      continue;
    }
    const answer = storedAnswer(message, running.has(message.turnId));
    const byQuestion = entries.find(
      ({ questionId }) => questionId !== null && questionId === message.replyTo,
    );
    const entry = byQuestion ?? entries.find(({ key }) => key === message.turnId);
    if (entry) addStored(entry, answer);
    else
      entries.push({
        key: message.turnId,
        questionId: null,
        questionText: null,
        answers: [answer],
      });
  }
}

function placeLive(entries: OpenEntry[], turn: LiveTurn): void {
  const holds = (turnId: string | null) => (entry: OpenEntry) =>
    turnId !== null &&
    (entry.key === turnId || entry.answers.some((answer) => answer.turnId === turnId));
  let entry = entries.find(holds(turn.turnId)) ?? entries.find(holds(turn.retryOf));
  if (!entry) {
    entry = { key: turn.turnId, questionId: null, questionText: turn.questionText, answers: [] };
    entries.push(entry);
  }
  const index = entry.answers.findIndex(({ turnId }) => turnId === turn.turnId);
  const known = entry.answers[index];
  if (!known) {
    entry.answers.push(liveAnswer(turn, (entry.answers.at(-1)?.version ?? 0) + 1));
  } else if (isReading(turn) || !known.isStored) {
    entry.answers[index] = {
      ...liveAnswer(turn, known.version),
      text: longer(turn.text, known.text),
    };
  } else if (known.state === "failed" && known.failure === null) {
    // The reason is told once, by the stream; the stored answer keeps only that it failed.
    entry.answers[index] = { ...known, failure: turn.failure };
  }
}

function longer(one: string, other: string): string {
  return other.length > one.length ? other : one;
}

/**
 * A turn that runs elsewhere (another tab, before a reload) shows as being settled until the server
 * has stored it.
 */
function placeRunning(entries: OpenEntry[], runningTurnIds: readonly string[]): void {
  for (const turnId of runningTurnIds) {
    const entry = entries.find(({ key }) => key === turnId);
    if (!entry || entry.answers.some((answer) => answer.turnId === turnId)) continue;
    const nothing = { text: "", decision: null, receipt: null, finishReason: null, failure: null };
    entry.answers.push({ ...nothing, turnId, state: "recovering", version: 1, isStored: false });
  }
}

/**
 * Joins what the server stored of a conversation with the turns this page has under way: one entry
 * per question, its answers by version. The server's word replaces the page's as soon as a turn is
 * closed; a turn still being read here is shown as read.
 */
export function buildThread(stored: StoredThread, liveTurns: readonly LiveTurn[]): ThreadEntry[] {
  const entries: OpenEntry[] = [];
  placeStored(entries, stored);
  for (const entry of entries) entry.answers.sort((one, other) => one.version - other.version);
  for (const turn of liveTurns) placeLive(entries, turn);
  placeRunning(entries, stored.runningTurnIds);
  return entries;
}

/**
 * Whether the server must be asked again: some turn is closed here but not yet there, or runs there
 * alone.
 */
export function isSettling(entries: readonly ThreadEntry[]): boolean {
  return entries.some(({ answers }) =>
    answers.some(({ state }) => state === "stopping" || state === "recovering"),
  );
}

function isSameAnswer(one: ThreadAnswer, other: ThreadAnswer): boolean {
  return (
    one.turnId === other.turnId &&
    one.state === other.state &&
    one.version === other.version &&
    one.text === other.text &&
    one.decision === other.decision &&
    one.receipt === other.receipt &&
    one.finishReason === other.finishReason &&
    one.failure?.code === other.failure?.code &&
    one.failure?.retryAtMs === other.failure?.retryAtMs &&
    one.isStored === other.isStored
  );
}

/**
 * Whether two readings of an entry look the same: lets all but the streaming answer skip a frame.
 */
export function isSameEntry(one: ThreadEntry, other: ThreadEntry): boolean {
  if (one.key !== other.key || one.questionText !== other.questionText) return false;
  if (one.answers.length !== other.answers.length) return false;
  return one.answers.every((answer, index) => {
    const counterpart = other.answers[index];
    return counterpart !== undefined && isSameAnswer(answer, counterpart);
  });
}
