import { marketPolicy } from "@drizzle/seed-policy.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queryCategories } from "@/domain/complexity/query-categories.ts";
import { stripDiacritics } from "@/domain/complexity/read-text.ts";
import { labelOf, scoreQuery } from "@/domain/complexity/score-query.ts";
import { imageLookAlikes, imageWishes, labelledQueries } from "./labelled-queries.ts";
import { productionWeights, scoreText, shareOf } from "./production-scorer.ts";

const seeded = { seed: 20_261_121, numRuns: 300 };
const known = labelledQueries.map(([text]) => text);
const knownText = fc.array(fc.constantFrom(...known), { maxLength: 6 });
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  knownText.map((parts) => parts.join("\n")),
);
const anyPrevious = fc.option(
  fc.record({
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    category: fc.constantFrom(...queryCategories),
  }),
);

describe("any input", () => {
  it("gets a score and a confidence in [0, 1] and a known category, the same each time", () => {
    fc.assert(
      fc.property(anyText, fc.nat(500), anyPrevious, (text, contextTurns, previous) => {
        const input = { text, contextTurns, previous };
        const first = scoreQuery(input, productionWeights);
        expect(first.score).toBeGreaterThanOrEqual(0);
        expect(first.score).toBeLessThanOrEqual(1);
        expect(first.confidence).toBeGreaterThanOrEqual(1 / queryCategories.length);
        expect(first.confidence).toBeLessThanOrEqual(1);
        expect(queryCategories).toContain(first.category);
        expect(first.label).toBe(labelOf(first.score, productionWeights.cutPoints));
        expect(scoreQuery(input, productionWeights)).toEqual(first);
      }),
      seeded,
    );
  });

  it.each([
    ["nothing", ""],
    ["spaces", " \n\t "],
    ["NUL", "chào\0 bạn\0"],
    ["right-to-left marks", "\u202e\u200fabc"],
    ["a lone surrogate", "\ud800 xin chào \udfff"],
    ["Japanese", "日本の首都はどこですか？"],
    ["Chinese", "越南的首都是哪里？"],
  ])("of %s is simple", (_name, text) => {
    expect(scoreText(text).label).toBe("simple");
  });

  it.each([
    ["emoji", "😀👩‍👩‍👧‍👦🇻🇳"],
    ["control characters", "\u001b[31mđỏ\u0007"],
    ["marks alone", "?!…—/\\*"],
    ["an opened fence", "```\n"],
  ])("of %s is never complex", (_name, text) => {
    expect(scoreText(text).label).not.toBe("complex");
  });

  it("that is code is taken for code, in any language around it", () => {
    const loop = "```python\nfor i in range(10):\n    total += values[i]\nprint(total)\n```";
    for (const question of ["Vì sao đoạn này báo lỗi?", "vi sao doan nay bao loi", "why fails?"]) {
      expect(scoreText(`${question}\n${loop}`).category).toBe("code");
    }
  });
});

describe("spelling", () => {
  const letters = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậếềểễệốồổỗộớờởỡợứừửữựýỳỷỹỵ";
  const syllable = fc.string({
    unit: fc.constantFrom(...Array.from(letters)),
    minLength: 1,
    maxLength: 7,
  });
  const vietnamese = fc
    .array(fc.oneof(syllable, fc.constantFrom(...known)), { maxLength: 30 })
    .map((words) => words.join(" "));

  it("with and without diacritics, composed or not, scores exactly alike", () => {
    fc.assert(
      fc.property(vietnamese, fc.boolean(), (written, isShouted) => {
        const text = isShouted ? written.toUpperCase() : written;
        const score = scoreText(text);
        expect(scoreText(stripDiacritics(text))).toEqual(score);
        expect(scoreText(text.normalize("NFD"))).toEqual(score);
      }),
      seeded,
    );
  });
});

describe("the label", () => {
  const text = "So sánh xe máy điện và xe máy xăng về chi phí";
  const labelUnder = (medium: number, complex: number) =>
    scoreQuery(
      { text, contextTurns: 0, previous: null },
      { ...productionWeights, cutPoints: { medium, complex } },
    ).label;

  it("follows the cut points of the policy", () => {
    const { score } = scoreText(text);
    expect(labelUnder((1 + score) / 2, 1)).toBe("simple");
    expect(labelUnder(score, 1)).toBe("medium");
    expect(labelUnder(score / 2, score)).toBe("complex");
  });

  it.each([
    [0.6, 0.3],
    [0.4, 0.4],
    [0, 0.5],
    [0.5, 1.1],
    [Number.NaN, 0.5],
    [0.5, Number.NaN],
  ])("is not given for cut points out of order: %d, %d", (medium, complex) => {
    expect(() => labelUnder(medium, complex)).toThrow("cut points");
  });
});

describe("an image wish", () => {
  it.each([
    "tạo ảnh con mèo dễ thương",
    "tao anh con meo de thuong",
    "làm logo cho tôi",
    "lam logo cho toi",
    "vẽ giúp mình một con rồng đang bay",
    "ve giup minh mot con rong dang bay",
    "draw me a cat",
  ])("is seen in %j, surely enough for the policy", (text) => {
    const { category, confidence } = scoreText(text);
    expect(category).toBe("image");
    expect(confidence).toBeGreaterThanOrEqual(marketPolicy.imageWishConfidence);
  });

  it.each([
    ["phân tích bức ảnh này", "analysis"],
    ["phan tich buc anh nay", "analysis"],
    ["logo nghĩa là gì", "question"],
    ["logo nghia la gi", "question"],
    ["vẽ đồ thị bằng matplotlib", "code"],
    ["ve do thi bang matplotlib", "code"],
  ])("is not seen in %j, which is %s", (text, category) => {
    expect(scoreText(text).category).toBe(category);
  });
});

describe("momentum", () => {
  const hardCode = { score: 0.9, category: "code" } as const;

  it.each(["làm tiếp đi", "lam tiep di", "tiếp tục", "continue", "chi tiết hơn nhé"])(
    "keeps nine tenths of the difficulty and the category before %j",
    (text) => {
      const { score, category, label } = scoreText(text, hardCode);
      expect(score).toBeGreaterThanOrEqual(0.9 * hardCode.score);
      expect({ category, label }).toEqual({ category: "code", label: "complex" });
      expect(scoreText(text).label).toBe("simple");
    },
  );

  it.each(["cảm ơn nhé", "cam on nhe", "ok", "thanks!", "vẽ con mèo", "làm logo cho tôi"])(
    "lifts neither small talk nor image wishes: %j",
    (text) => {
      expect(scoreText(text, hardCode)).toEqual(scoreText(text));
    },
  );

  it.each(["vì sao vậy?", "vi sao vay?", "why?"])(
    "keeps half of the difficulty before the short question %j",
    (text) => {
      const { score, category } = scoreText(text, hardCode);
      expect(score).toBeGreaterThanOrEqual(0.5 * hardCode.score);
      expect(score).toBeLessThan(0.9 * hardCode.score);
      expect(category).toBe("question");
    },
  );

  it("does not carry over to a full question", () => {
    const text = "Cho mình hỏi mấy giờ siêu thị thường đóng cửa?";
    expect(scoreText(text, hardCode).score).toBeLessThanOrEqual(scoreText(text).score + 0.04);
  });

  it("never lowers a score, nor lifts one above the harder of both and the context's share", () => {
    fc.assert(
      fc.property(anyText, fc.nat(500), anyPrevious, (text, contextTurns, previous) => {
        const own = scoreText(text).score;
        const { score } = scoreQuery({ text, contextTurns, previous }, productionWeights);
        expect(score).toBeGreaterThanOrEqual(own);
        expect(score).toBeLessThanOrEqual(Math.max(own + 0.04, previous?.score ?? 0));
      }),
      seeded,
    );
  });
});

describe("a very long text", () => {
  it("is read at its beginning and end alone", () => {
    const head = "Phân tích chiến lược mở rộng của công ty. ".repeat(200).slice(0, 8_000);
    const tail = "Tóm tắt rủi ro pháp lý giúp mình nhé. ".repeat(60).slice(-2_000);
    const shortest = scoreText(`${head} ${tail}`);
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), fc.nat(3_000), (piece, times) => {
        expect(scoreText(`${head}${piece.repeat(times + 1)}${tail}`)).toEqual(shortest);
      }),
      { ...seeded, numRuns: 40 },
    );
  });

  it.each([["xin chào bạn "], ["con mèo nằm trên mái nhà "], ["the cat sat on the mat "], ["a"]])(
    "of %j alone is not complex",
    (piece) => {
      expect(scoreText(piece.repeat(5_000)).label).not.toBe("complex");
    },
  );
});

describe("of the queries labelled for the first engine", () => {
  const judged = labelledQueries.map(([text, category, ...labels]) => ({
    isCategory: scoreText(text).category === category,
    isLabel: labels.includes(scoreText(text).label),
  }));
  const isImage = (text: string) => scoreText(text).category === "image";

  it("as many get their category and their label as when the weights were shipped", () => {
    expect(shareOf(judged, ({ isCategory }) => isCategory)).toBeGreaterThanOrEqual(63 / 64);
    expect(shareOf(judged, ({ isLabel }) => isLabel)).toBeGreaterThanOrEqual(53 / 64);
  });

  it("as many image wishes and look-alikes are told apart", () => {
    expect(shareOf(imageWishes, isImage)).toBeGreaterThanOrEqual(19 / 21);
    expect(shareOf(imageLookAlikes, (text) => !isImage(text))).toBeGreaterThanOrEqual(28 / 37);
  });
});
