import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { trpc } from "../support/app-process.ts";
import { askAgain, crashTurn, oracleOf, startCrashRig } from "../support/crash-case.ts";
import type { FaultRig } from "../support/fault-rig.ts";
import { readAnswer } from "../support/read-answer.ts";

let rig: FaultRig;

beforeAll(async () => {
  rig = await startCrashRig();
});

afterAll(async () => {
  expect((await oracleOf(rig)).faults).toEqual([]);
  await rig.stop();
});

describe("F14 killed with half the answer out", () => {
  it("books what was seen and keeps the partial answer with its mark", async () => {
    const crashed = await crashTurn(rig, {
      label: "mid_stream",
      hits: 4,
      script: { output: 2_000, tokensPerChunk: 8, delayMsPerChunk: 20 },
    });
    const [call] = crashed.calls;
    const { after } = crashed;
    expect(crashed.calls).toHaveLength(1);
    expect(call?.billed.output).toBeGreaterThan(300);
    expect(call?.billed.output).toBeLessThan(2_000);
    expect(after).toMatchObject({
      turn: { state: "finished", isRecovered: true },
      ...{ hold: "settled", reserved: "0", credits: 0 },
    });
    expect(after.logs).toHaveLength(1);
    expect(after.logs[0]?.source).toBe("estimated");
    // How far it may be off is the oracle's to say: one progress step or 5 %.
    expect(after.logs[0]?.output).toBeGreaterThan((call?.billed.output ?? 0) - 220);
    const [, answer] = after.messages;
    expect(answer).toMatchObject({ role: "assistant", state: "interrupted" });
    expect(answer?.text).not.toBe("");
    expect(call?.textSent.startsWith(answer?.text ?? "-")).toBe(true);
    const shown = await shownAnswer(crashed);
    expect(shown).toMatchObject({ state: "interrupted", text: answer?.text });
    const again = await readAnswer(await askAgain(rig, crashed));
    expect(again).toMatchObject({ isReplayed: true, text: answer?.text });
    expect(again.receipt).toMatchObject({ state: "interrupted", source: "estimated" });
  });

  /** The answer as its person sees it. */
  async function shownAnswer({ person, body }: Awaited<ReturnType<typeof crashTurn>>) {
    const [row] = await rig.database.sql`
      select conversation_id from turns where id = ${body.messageId}`;
    const { data } = await trpc(rig.app(0).url, person, {
      path: "chat.getConversation",
      input: { conversationId: String(row?.["conversation_id"]) },
    });
    const { messages } = z.object({ messages: z.array(z.looseObject({})) }).parse(data);
    return messages.find((message) => message["role"] === "assistant");
  }
});
