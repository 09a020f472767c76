import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baselineWeights, scoreQuery } from "@/domain/complexity/score-query.ts";
import { imageLookAlikes, imageWishes, labelledQueries } from "./labelled-queries.ts";

const score = (text: string, previousScore: number | null = null, contextTurns = 0) =>
  scoreQuery({ text, contextTurns, previousScore }, baselineWeights);

describe("category and label", () => {
  it.each(labelledQueries)("of %j is %s", (text, category, ...labels) => {
    const result = score(text);
    expect({
      category: result.category,
      isRight: labels.includes(result.label),
      score: result.score,
    }).toEqual({
      category,
      isRight: true,
      score: result.score,
    });
  });

  it("stands on at least sixty labelled queries", () => {
    expect(labelledQueries.length).toBeGreaterThanOrEqual(60);
  });

  it("follows the cut points of the policy", () => {
    const input = {
      text: "So sánh xe máy điện và xe máy xăng",
      contextTurns: 0,
      previousScore: null,
    };
    const labels = [0.9, 0.2, 0.1].map(
      (medium) =>
        scoreQuery(input, { cutPoints: { medium, complex: medium === 0.1 ? 0.2 : 1 } }).label,
    );
    expect(labels).toEqual(["simple", "medium", "complex"]);
  });

  it.each([
    { medium: 0.6, complex: 0.3 },
    { medium: 0, complex: 0.5 },
    { medium: 0.5, complex: 1.1 },
  ])("is not given for cut points out of order: %j", (cutPoints) => {
    expect(() =>
      scoreQuery({ text: "x", contextTurns: 0, previousScore: null }, { cutPoints }),
    ).toThrow("cut points");
  });
});

describe("an image wish", () => {
  it.each(imageWishes)("is seen in %j", (text) => {
    const result = score(text);
    expect(result.category).toBe("image");
    expect(result.confidence).toBeGreaterThanOrEqual(0.8);
  });

  it.each(imageLookAlikes)("is not seen in %j", (text) => {
    expect(score(text).category).not.toBe("image");
  });
});

describe("length", () => {
  it.each([["xin chào bạn "], ["con mèo nằm trên mái nhà "], ["the cat sat on the mat "], ["a"]])(
    "alone does not make %j complex",
    (piece) => {
      expect(score(piece.repeat(5_000)).label).not.toBe("complex");
    },
  );

  it("lifts the score", () => {
    const long = "Vì sao nước biển mặn? Em sống gần biển. ".repeat(20);
    expect(score(long).score).toBeGreaterThan(score("Vì sao nước biển mặn?").score);
  });
});

describe("momentum", () => {
  it.each(["làm tiếp đi", "lam tiep di", "tiếp tục", "continue", "chi tiết hơn nhé"])(
    "lifts %j to what it follows",
    (text) => {
      expect(score(text, 0.9, 4).score).toBeGreaterThanOrEqual(0.8);
      expect(score(text).label).toBe("simple");
    },
  );

  it.each(["cảm ơn nhé", "ok", "thanks!"])("does not lift small talk: %j", (text) => {
    expect(score(text, 0.9, 4).label).toBe("simple");
  });

  it("does not carry over to a full question", () => {
    expect(score("Cho mình hỏi mấy giờ siêu thị thường đóng cửa?", 0.9, 4).label).toBe("simple");
  });

  it("never lowers a hard question after an easy one", () => {
    const text = "Chứng minh định lý này chặt chẽ";
    expect(score(text, 0.01, 1).score).toBeGreaterThanOrEqual(score(text).score);
  });
});

describe("any input", () => {
  it("gets a score and a confidence in [0, 1], the same each time", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc
        .array(fc.constantFrom(...labelledQueries.map(([text]) => text)), { maxLength: 6 })
        .map((parts) => parts.join("\n")),
    );
    const previous = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(anyText, fc.nat(500), previous, (text, contextTurns, previousScore) => {
        const input = { text, contextTurns, previousScore };
        const first = scoreQuery(input, baselineWeights);
        expect(first.score).toBeGreaterThanOrEqual(0);
        expect(first.score).toBeLessThanOrEqual(1);
        expect(first.confidence).toBeGreaterThanOrEqual(0);
        expect(first.confidence).toBeLessThanOrEqual(1);
        expect(scoreQuery(input, baselineWeights)).toEqual(first);
      }),
      { seed: 20_261_121, numRuns: 500 },
    );
  });

  it.each([
    ["nothing", ""],
    ["spaces", " \n\t "],
    ["NUL", "tạo\0 ảnh\0"],
    ["emoji", "😀👩‍👩‍👧‍👦🇻🇳".repeat(50)],
    ["a lone surrogate", "\ud800 xin chào \udfff"],
    ["control characters", "\u001b[31mđỏ\u0007"],
    ["right-to-left marks", "\u202e\u200fabc"],
  ])("of %s is safe", (_name, text) => {
    expect(score(text).label).toBe("simple");
  });

  it("typed in decomposed Unicode is read like composed", () => {
    const text = "Giải phương trình x^2 - 5x + 6 = 0";
    expect(score(text.normalize("NFD"))).toEqual(score(text.normalize("NFC")));
  });

  it.each([["a"], ["? "], ["{"], ["```\n"], ["vẽ "], ["một "], ["- "], ["please "], ["1+"]])(
    "of 400,000 characters of %j is read in bounded time",
    (piece) => {
      const text = piece.repeat(400_000 / piece.length);
      const startedAt = performance.now();
      score(text);
      expect(performance.now() - startedAt).toBeLessThan(100);
    },
  );

  it("of 2,000 characters takes less than 1 ms", () => {
    const text = "Phân tích chiến lược và rủi ro pháp lý của công ty khi mở rộng sang EU. "
      .repeat(30)
      .slice(0, 2_000);
    const timings = Array.from({ length: 200 }, () => {
      const startedAt = performance.now();
      score(text);
      return performance.now() - startedAt;
    }).sort((left, right) => left - right);
    expect(timings[100]).toBeLessThan(1);
  });
});
