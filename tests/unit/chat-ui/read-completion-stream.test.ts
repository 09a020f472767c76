import { describe, expect, it } from "vitest";
import {
  completionEventsOf,
  createSseParser,
  readCompletionStream,
  type CompletionEvent,
} from "@/features/chat/ui/read-completion-stream.ts";

const decision = {
  modelId: "demo/pho-nho",
  provider: "demo",
  score: 0.2,
  label: "simple",
  category: "question",
  expectedCostMicroVnd: "3100000",
  reasonCode: "worth_it",
  outputTokensMax: 2048,
  policyVersion: "1",
  referenceModelId: "demo/pho-vua",
  savedExpectedMicroVnd: "7000000",
  stronger: { modelId: "demo/pho-vua", expectedCostMicroVnd: "10000000" },
  answersLeft: 1_600,
  strongerAnswersLeft: 500,
  replacedModelId: null,
  isCapTight: false,
};
const receipt = {
  usageLogIds: ["a"],
  servedModelId: "demo/pho-nho",
  tokens: { freshInput: 9, cachedInput: 0, cacheWrite: 0, output: 64, reasoning: 0 },
  costMicroVnd: "3012345",
  savedMicroVnd: "-5",
  creditedMicroVnd: "0",
  remainingMicroVnd: "100",
  source: "reported",
  state: "complete",
};
const roleChunk = {
  choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
  pho: { conversationId: "c1", decision },
};
const textChunk = (content: string) => ({
  choices: [{ index: 0, delta: { content }, finish_reason: null }],
});
const finishChunk = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], pho: { receipt } };

function wire(lineEnd: string): string {
  const events = [roleChunk, textChunk("Bầu trời "), textChunk("xanh 🌤️ vì…"), finishChunk].map(
    (chunk) => [`data: ${JSON.stringify(chunk)}`, "", ""].join(lineEnd),
  );
  const [first = "", ...rest] = events;
  return [
    first,
    `: heartbeat${lineEnd}${lineEnd}`,
    ...rest,
    `data: [DONE]${lineEnd}${lineEnd}`,
  ].join("");
}

function bodyOf(bytes: Uint8Array, pieceSize: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += pieceSize)
        controller.enqueue(bytes.slice(at, at + pieceSize));
      controller.close();
    },
  });
}

async function readAll(text: string, pieceSize: number): Promise<CompletionEvent[]> {
  const events: CompletionEvent[] = [];
  for await (const event of readCompletionStream(bodyOf(new TextEncoder().encode(text), pieceSize)))
    events.push(event);
  return events;
}

const expected: CompletionEvent[] = [
  { type: "opened", conversationId: "c1", decision: { ...decision, label: "simple" } },
  { type: "text", text: "Bầu trời " },
  { type: "text", text: "xanh 🌤️ vì…" },
  {
    type: "finished",
    finishReason: "stop",
    receipt: { ...receipt, source: "reported", state: "complete" },
  },
  { type: "ended" },
];

describe("readCompletionStream", () => {
  it.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("reads the same events whatever the pieces (%s)", async (_name, lineEnd) => {
    for (const pieceSize of [1, 2, 3, 7, 64, 100_000]) {
      expect(await readAll(wire(lineEnd), pieceSize)).toEqual(expected);
    }
  });

  it("ends without an ending event when the line was cut", async () => {
    const events = await readAll(wire("\n").split("data: [DONE]")[0] ?? "", 5);
    expect(events.at(-1)?.type).toBe("finished");
  });

  it("does not take half an event for a whole one", async () => {
    expect(await readAll(`data: ${JSON.stringify(textChunk("x"))}\n`, 4)).toEqual([]);
  });
});

describe("createSseParser", () => {
  it("joins the data lines of one event and passes over other fields", () => {
    expect(createSseParser()("event: x\ndata: a\ndata:b\nid: 1\ndata\n\n")).toEqual(["a\nb\n"]);
  });

  it("counts a line end cut between two pieces once", () => {
    const parse = createSseParser();
    expect([...parse("data: a\r"), ...parse("\n\r"), ...parse("\ndata: b\r\n\r\n")]).toEqual([
      "a",
      "b",
    ]);
  });
});

describe("completionEventsOf", () => {
  it("reads a late failure with its receipt", () => {
    const payload = {
      error: { code: "provider_failed", message: "m" },
      pho: { receipt: { ...receipt, state: "interrupted" } },
    };
    expect(completionEventsOf(JSON.stringify(payload))).toEqual([
      {
        type: "failed",
        code: "provider_failed",
        message: "m",
        receipt: { ...receipt, state: "interrupted" },
      },
    ]);
  });

  it("keeps the text when a receipt is not what we know", () => {
    const events = completionEventsOf(
      JSON.stringify({ ...textChunk("chữ"), pho: { receipt: { costMicroVnd: 1 } } }),
    );
    expect(events).toEqual([{ type: "text", text: "chữ" }]);
  });

  it.each(["", "null", "[]", "{", '{"choices":"no"}', "{}"])("makes nothing of %j", (payload) => {
    expect(completionEventsOf(payload)).toEqual([]);
  });

  it("names an unknown finish reason other", () => {
    const events = completionEventsOf(
      JSON.stringify({ choices: [{ delta: {}, finish_reason: "tool_calls" }] }),
    );
    expect(events).toEqual([{ type: "finished", finishReason: "other", receipt: null }]);
  });
});
