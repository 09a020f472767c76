import { setTimeout as pause } from "node:timers/promises";
import type { Person } from "../factories/people.ts";
import type { ChatBody } from "../support/app-under-test.ts";
import type { FaultRig } from "../support/fault-rig.ts";
import { markedQuestion } from "../support/oracle.ts";
import { readAnswer } from "../support/read-answer.ts";
import { drawAction, type Action, type Random } from "./soak-plan.ts";

/** How often each kind of end was met; what a soak has to show for itself. */
export type Tally = Map<string, number>;

export const count = (tally: Tally, what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);

export type SoakUser = {
  readonly rig: FaultRig;
  readonly person: Person;
  readonly random: Random;
  readonly tally: Tally;
  /** Aborts when the time is over: what runs is finished, nothing new begins. */
  readonly over: AbortSignal;
};

const REPEATS_MAX = 40;
const PATIENCE_MS = 60_000;

/** A conversation has few turns, so that the tokenizers' difference in its history stays small. */
const TURNS_MAX = 3;

/** One user, from the first question to the end of the time. */
export async function runUser(user: SoakUser): Promise<void> {
  let conversation = { id: "", turns: 0 };
  while (!user.over.aborted) {
    const action = drawAction(user.random);
    const at = user.random.whole(0, 1);
    const isContinued = action.isContinued && conversation.id !== "";
    const body: ChatBody = {
      ...markedQuestion(action.script, `Question of kind ${action.kind}.`),
      model: action.model,
      ...(isContinued && conversation.turns < TURNS_MAX ? { conversationId: conversation.id } : {}),
    };
    const asked = [askUntilAnswered(user, { body, action, at })];
    if (action.isDoubled) asked.push(askUntilAnswered(user, { body, action, at: 1 - at }));
    const [id = ""] = await Promise.all(asked);
    if (id !== "") {
      const turns = id === conversation.id ? conversation.turns + 1 : 1;
      conversation = { id, turns };
    }
    await pause(action.thinkMs);
  }
}

type Asked = { readonly body: ChatBody; readonly action: Action; readonly at: number };

/**
 * Asks until there is an answer or a refusal, as a client does whose connection breaks: the same
 * request again, at another instance. @returns the conversation's id, "" when there is none.
 */
async function askUntilAnswered(user: SoakUser, { body, action, at }: Asked): Promise<string> {
  const { rig, person, tally } = user;
  for (let attempt = 0; attempt < REPEATS_MAX; attempt += 1) {
    const leaving = new AbortController();
    const patience = setTimeout(() => leaving.abort(), action.leavesAfterMs ?? PATIENCE_MS);
    try {
      const app = rig.app((at + attempt) % rig.apps.length);
      const response = await app.chat(person, body, leaving.signal);
      if (response.status === 200) {
        const answer = await readAnswer(response);
        const { isDone, error, receipt, isReplayed } = answer;
        if (!isDone && error === null) throw new Error("cut");
        count(tally, error?.code ?? `${isReplayed ? "replayed " : ""}${receipt?.state ?? "?"}`);
        return answer.conversationId;
      }
      const code = await codeOf(response);
      count(tally, code);
      if (code === "internal") throw new Error(`the product said ${code}`);
      const isWorthRepeating = code === "database_unavailable" || code === "rate_limited";
      if (!isWorthRepeating) return "";
    } catch {
      if (leaving.signal.aborted) {
        count(tally, action.leavesAfterMs === null ? "patience lost" : "left");
        return "";
      }
      count(tally, "connection cut");
    } finally {
      clearTimeout(patience);
    }
    await pause(250);
  }
  count(tally, "gave up");
  return "";
}

async function codeOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error?: { code?: string } };
  return body.error?.code ?? `status ${response.status}`;
}
