import { describe, expect, it } from "vitest";
import { domainErrorCodes } from "@/domain/errors.ts";
import { errorText } from "@/i18n/error-text.ts";
import { locales } from "@/i18n/locales.ts";

const full = {
  remainingMicroVnd: "1234900000",
  resetsAt: "2026-11-30T17:00:00.000Z",
  capMicroVnd: "20000000000",
  limitCount: 20,
  modelId: "openai/gpt-5",
  feature: "image_generation",
  retryAfterSeconds: 7,
  requestId: "request-1",
};

const rows = locales.flatMap((locale) =>
  [...domainErrorCodes, "internal" as const].map((code) => ({ locale, code })),
);

describe("the sentence of an error", () => {
  it.each(rows)(
    "stands in $locale for $code, with all details and with none",
    ({ locale, code }) => {
      for (const details of [full, {}]) {
        const text = errorText(locale, code, details);
        expect(text).toMatch(/\p{L}.*[.)]$/su);
        expect(text).not.toMatch(/[{}]|errors\.|undefined|null/);
      }
    },
  );

  it("names what is left, rounded down, and when the next budget opens, in Vietnamese time", () => {
    const text = errorText("vi", "budget_exhausted", full);
    expect(text).toContain("1.234\u00a0₫");
    expect(text).toContain("00:00");
    expect(text).toContain("1/12/2026");
    expect(errorText("en", "budget_exhausted", full)).toContain("1 December 2026");
  });

  it("leaves out what is not known instead of making it up", () => {
    const text = errorText("vi", "budget_exhausted", {});
    expect(text).not.toContain("₫");
    expect(text).not.toContain("lúc .");
  });

  it("says honestly that pictures are not drawn here", () => {
    expect(errorText("vi", "feature_disabled", full)).toContain("chưa vẽ được hình");
    expect(errorText("vi", "feature_disabled", {})).not.toContain("hình");
  });

  it.each(locales)("is another one for every code, in %s", (locale) => {
    const codes = [...domainErrorCodes, "internal" as const];
    for (const details of [full, {}]) {
      const texts = codes.map((code) => errorText(locale, code, details));
      expect(new Set(texts).size).toBe(codes.length);
    }
  });

  it("carries the request's id where nothing else is known", () => {
    expect(errorText("en", "internal", full)).toContain("request-1");
  });
});
