import { makeCustomer } from "../factories/people.ts";
import type { Asker, ChatBody } from "./app-under-test.ts";
import { markedQuestion } from "./oracle.ts";
import { readAnswer } from "./read-answer.ts";
import type { Simulator, SimulatorScript } from "./provider-simulator.ts";
import type { TestDatabase } from "./test-database.ts";

export const FIXED_MODEL = "openai/gpt-5.4-mini";

export type FixedHold = {
  readonly ask: () => ChatBody & { readonly messageId: string; readonly text: string };
  readonly holdMicroVnd: bigint;
};

export type HoldProbe = {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly chat: (asker: Asker, body: ChatBody) => Promise<Response>;
};

/**
 * Questions whose hold cannot shrink: a picked model, capped at the least it may be given. All of
 * them hold the same, for their texts come to the same count of tokens.
 */
export async function makeFixedHold(
  { database, simulator, chat }: HoldProbe,
  script: SimulatorScript | null = {},
): Promise<FixedHold> {
  const [row] = await database.sql`
    select output_tokens_min from models where id = ${FIXED_MODEL}`;
  const max_tokens = Number(row?.["output_tokens_min"]);
  const ask = () => ({
    ...markedQuestion(script),
    model: FIXED_MODEL,
    max_tokens,
  });
  const probe = await makeCustomer(database);
  await readAnswer(await chat(probe, ask()));
  const [held] = await database.sql`
    select hold_micro_vnd::text as hold from reservations where user_id = ${probe.userId}`;
  simulator.reset();
  return { ask, holdMicroVnd: BigInt(String(held?.["hold"])) };
}
