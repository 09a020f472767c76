import { describe, expect, it } from "vitest";
import { countTokens } from "@/server/llm/count-tokens.ts";
import { demoAnswer } from "@/server/llm/demo-answers.ts";
import { englishTexts } from "@/server/llm/demo-answers-en.ts";
import { vietnameseTexts } from "@/server/llm/demo-answers-vi.ts";
import { demoProvider } from "@/server/llm/demo.ts";
import { llmProviders } from "@/server/llm/providers.ts";
import type { CompletionEvent, CompletionRequest } from "@/server/llm/stream-completion.ts";
import { ProviderError } from "@/server/llm/stream-completion.ts";

const say = (text: string) => [{ role: "user", text } as const];
const request = (text: string, overrides: Partial<CompletionRequest> = {}): CompletionRequest => ({
  providerModel: "pho-nho",
  messages: say(text),
  outputTokensMax: 4_096,
  signal: new AbortController().signal,
  ...overrides,
});

async function gather(asked: CompletionRequest) {
  const events: CompletionEvent[] = [];
  let error: unknown = null;
  try {
    for await (const event of demoProvider("demo").stream(asked)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map((event) => (event.type === "delta" ? event.text : "")).join("");
  const usage = events.flatMap((event) => (event.type === "usage" ? [event.usage] : [])).at(-1);
  return { events, text, usage, error };
}

describe("demoAnswer", () => {
  it.each([
    ["Giải thích vì sao bầu trời có màu xanh", "tán xạ ánh sáng xanh"],
    ["giai thich vi sao bau troi co mau xanh", "tán xạ ánh sáng xanh"],
    ["Explain why the sky is blue", "scatters blue light"],
    ["Viết hàm debounce bằng TypeScript", "```ts"],
    ["Write a debounce function in TypeScript", "```ts"],
    ["Công thức nghiệm phương trình bậc hai", "\\sqrt{b^2 - 4ac}"],
    ["Show me the quadratic formula", "\\sqrt{b^2 - 4ac}"],
    ["Cách nấu phở bò", "4 lít nước"],
    ["How do I cook phở bò?", "4 litres"],
    ["Viết email xin nghỉ phép lịch sự", "Kính gửi"],
    ["Write a polite leave e-mail", "Kind regards"],
    ["Phở Chat là gì?", "trả tiền theo từng đồng"],
    ["What is Phở Chat?", "pay by the đồng"],
    ["Thanh ngân sách hoạt động thế nào?", "**đang giữ**"],
    ["How does the held part of the budget bar work?", "is *held* first"],
    ["Bộ máy chọn mô hình ra sao?", "chấm độ khó"],
    ["How does the engine pick models?", "scores how hard"],
    ["Biên nhận là gì?", "dưới mỗi câu trả lời"],
    ["What is a receipt?", "under every answer"],
    ["Có những gói nào?", "289.000 ₫"],
    ["Which plans are there?", "289.000 ₫"],
    ["Kết nối khoá API thế nào?", "OPENAI_API_KEY"],
    ["How do I connect a real provider key?", "OPENAI_API_KEY"],
    ["Nạp tiền ở đâu?", "chưa có thanh toán"],
    ["How do I top up?", "no online payment yet"],
    ["Dữ liệu của tôi có riêng tư không?", "cơ sở dữ liệu"],
    ["Is my data private?", "kept in this server's database"],
    ["Xin chào", "Chào bạn"],
    ["Kể chuyện con mèo đi máy bay", "mô hình demo"],
    ["Tell me a story about a cat", "only a **demo model**"],
  ])("%s", (question, expected) => {
    expect(demoAnswer(say(question), "brief")).toContain(expected);
  });

  it("is labelled and longer on a dearer model, each the beginning of the next", () => {
    for (const [question, texts] of [
      ["Vì sao bầu trời xanh?", vietnameseTexts],
      ["Why is the sky blue?", englishTexts],
    ] as const) {
      const [brief, detail, depth] = (["brief", "detail", "depth"] as const).map((length) =>
        demoAnswer(say(question), length),
      );
      expect(brief?.startsWith(`${texts.label}\n\n`)).toBe(true);
      expect(detail?.startsWith(brief ?? "")).toBe(true);
      expect(depth?.startsWith(detail ?? "")).toBe(true);
      expect(depth?.length).toBeGreaterThan(detail?.length ?? 0);
    }
  });

  it("goes on where it was cut, as often as asked, and says when there is nothing left", () => {
    const question = { role: "user", text: "Giải thích vì sao bầu trời có màu xanh" } as const;
    const whole = demoAnswer([question], "depth");
    const goOn = { role: "user", text: "Tiếp tục" } as const;
    const first = { role: "assistant", text: whole.slice(0, 200) } as const;
    const second = demoAnswer([question, first, goOn], "depth");
    const label = `${vietnameseTexts.label}\n\n`;
    expect(first.text + second.replace(label, "")).toBe(whole);
    const cut = { role: "assistant", text: second.slice(0, 300) } as const;
    const third = demoAnswer([question, first, goOn, cut, goOn], "depth");
    expect(first.text + cut.text.replace(label, "") + third.replace(label, "")).toBe(whole);
    const done = demoAnswer([question, { role: "assistant", text: whole }, goOn], "depth");
    expect(done).toContain(vietnameseTexts.nothingToContinue);
    expect(demoAnswer([goOn], "brief")).toContain(vietnameseTexts.label);
  });
});

describe("demoProvider", () => {
  it("streams in pieces and reports the tokens it counted", async () => {
    const { events, text, usage } = await gather(request("Why is the sky blue?"));
    expect(text).toBe(demoAnswer(say("Why is the sky blue?"), "brief"));
    expect(events.filter(({ type }) => type === "delta").length).toBeGreaterThan(20);
    expect(usage?.freshInput).toBe((await countTokens("Why is the sky blue?")) + 3);
    expect(usage?.output).toBeGreaterThanOrEqual(await countTokens(text));
    expect(events.at(-1)).toEqual({ type: "finished", finishReason: "stop" });
  });

  it("stays under the cap and says that it was cut", async () => {
    const { events, text, usage } = await gather(
      request("Why is the sky blue?", { outputTokensMax: 30 }),
    );
    expect(usage?.output).toBeLessThanOrEqual(30);
    expect(await countTokens(text)).toBeLessThanOrEqual(30);
    expect(events.at(-1)).toEqual({ type: "finished", finishReason: "length" });
  });

  it("stops at once when aborted and reports what it had said", async () => {
    const controller = new AbortController();
    const events: CompletionEvent[] = [];
    const stream = demoProvider("demo").stream(request("Vì sao?", { signal: controller.signal }));
    await expect(async () => {
      for await (const event of stream) {
        events.push(event);
        if (events.filter(({ type }) => type === "delta").length === 3) controller.abort();
      }
    }).rejects.toMatchObject({ kind: "aborted" });
    expect(events.filter(({ type }) => type === "delta")).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ type: "usage" });
  });

  it("knows its three models only", async () => {
    const { error } = await gather(request("?", { providerModel: "gpt-5" }));
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ kind: "rejected", status: 404 });
  });

  it("is made once for the settings of a process", async () => {
    const settings = [{ id: "demo", wire: "demo", baseUrl: "", apiKey: "" }] as const;
    expect(llmProviders(settings)).toBe(llmProviders(settings));
    const demo = llmProviders(settings).get("demo");
    const events: CompletionEvent[] = [];
    for await (const event of demo?.stream(request("Hi", { outputTokensMax: 20 })) ?? [])
      events.push(event);
    expect(events.at(-1)).toMatchObject({ type: "finished" });
  });
});
