import { describe, expect, it } from "vitest";
import { countTokens } from "@/server/llm/count-tokens.ts";

describe("countTokens", () => {
  it("counts by o200k", async () => {
    expect(await countTokens("")).toBe(0);
    expect(await countTokens("hello world")).toBe(2);
    expect(await countTokens("Bầu trời xanh")).toBeGreaterThan(2);
  });

  it("takes control tokens and broken text as plain text", async () => {
    expect(await countTokens("<|endoftext|><|im_start|>")).toBeGreaterThan(6);
    expect(await countTokens("\ud83c \udf5c \u0000 \ufffd")).toBeGreaterThan(0);
    expect(await countTokens("🍜".repeat(1_000))).toBeGreaterThan(0);
  });

  it.each([
    ["one letter", "a"],
    ["blanks", " "],
    ["new lines", "\n"],
    ["signs", "="],
    ["Vietnamese letters", "ồ"],
    ["Han", "漢"],
    ["digits", "7"],
    ["no-break spaces", "\u00a0"],
  ])("counts 1 MB of %s in a breath", async (_name, unit) => {
    await countTokens("warm");
    const text = unit.repeat(Math.floor(1_000_000 / Buffer.byteLength(unit, "utf8")));
    const startedAt = performance.now();
    expect(await countTokens(text)).toBeGreaterThan(1_000);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it("agrees with an unsliced count on ordinary text", async () => {
    const { countTokens: unsliced } = await import("gpt-tokenizer/encoding/o200k_base");
    const text =
      "Phở Chat chọn mô hình đáng giá nhất. The quick brown fox.\n\n```ts\nconst a = 1;\n```\n".repeat(
        300,
      );
    expect(await countTokens(text)).toBe(unsliced(text));
  });
});
