import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { desktop, phone, visit } from "../support/browser.ts";
import { ask, lastAnswer, send, settledAnswer } from "../support/browser-chat.ts";
import { noteKinds, plannedPreview, refusedPreview } from "../support/browser-preview.ts";
import { checkLook } from "../support/browser-look.ts";
import { useDemoWorld } from "../support/browser-world.ts";
import type { TestDatabase } from "../support/test-database.ts";

const words = {
  vi: {
    question: "Giải thích vì sao bầu trời có màu xanh",
    more: { 1280: "câu trả lời như thế này nữa", 390: "câu như thế nữa" },
    stronger: "Mạnh hơn:",
    again: /^Hỏi lại, mạnh hơn, \+[\d.]+\s₫$/,
    auto: "Tự động",
    picked: "Bạn đã tự chọn",
    less: "Đỡ khoảng",
    extra: "Tốn thêm",
    spoken: /^Dự kiến .+ trả lời\.$/,
  },
  en: {
    question: "Explain why the sky is blue",
    more: { 1280: "more answers like this", 390: "more like this" },
    stronger: "Stronger:",
    again: /^Ask again, stronger, \+[\d.]+\s₫$/,
    auto: "Auto",
    picked: "You picked",
    less: "less than",
    extra: "Extra cost",
    spoken: /^.+ is expected to answer\.$/,
  },
} as const;

const looks = (["vi", "en"] as const).flatMap((locale) =>
  ([1280, 390] as const).map((width) => ({ locale, width })),
);

/** All models allowed, and so little money that the engine must be thrifty. */
function makeThriftyPerson(database: TestDatabase, locale: "vi" | "en"): Promise<Person> {
  const budgetMicroVnd = vndToMicroVnd(3_000n);
  return makePerson(database, { locale, planId: "premium", budgetMicroVnd });
}

async function microVnd(page: Page, testId: string): Promise<bigint> {
  return BigInt((await page.getByTestId(testId).first().getAttribute("data-micro-vnd")) ?? "-1");
}

async function openCard(page: Page): Promise<void> {
  await lastAnswer(page).getByTestId("answer-cost").click();
  await page.getByTestId("route-card").waitFor();
}

describe("what a question will cost, what it cost, and how to get a better answer", () => {
  const world = useDemoWorld();

  test.for(looks)("before and after sending: $locale, $width px", async ({ locale, width }) => {
    const text = words[locale];
    const person = await makeThriftyPerson(world().app.database, locale);
    const size = width === 1280 ? desktop : phone;
    const look = locale === "vi" ? "light" : "dark";
    await visit(world(), { person, locale, size, look }, async ({ page }) => {
      const name = (part: string) => `route-${part}-${locale}-${String(width)}`;
      await page.goto("/chat");
      const box = page.getByTestId("chat-input");
      await box.waitFor();
      const before = await box.boundingBox();
      await box.fill(text.question);
      const first = await plannedPreview(page);
      expect(first.answersLeft).toBeGreaterThan(0);
      expect(first.text).toContain(text.more[width]);
      expect(first.strongerModelId).toMatch(/^demo\//);
      expect(first.text).toContain(text.stronger);
      const kinds = await noteKinds(page);
      await box.pressSequentially(" ?");
      const { modelId, costMicroVnd, strongerModelId } = await plannedPreview(page);
      expect(new Set(await kinds())).toEqual(new Set(["plan"]));
      await page.getByRole("status").filter({ hasText: text.spoken }).waitFor();
      expect((await box.boundingBox())?.y).toBe(before?.y);
      await checkLook(page, name("draft"));

      await page.getByTestId("send-button").click();
      expect(await settledAnswer(page)).toBe("complete");
      const badge = lastAnswer(page).getByTestId("model-badge");
      expect(await badge.getAttribute("data-model-id")).toBe(modelId);
      await openCard(page);
      expect(await microVnd(page, "route-expected")).toBe(costMicroVnd);
      expect(await page.getByTestId("route-reason").innerText()).toContain(text.less);
      expect(await microVnd(page, "route-saved")).toBeGreaterThan(0n);
      expect(await page.getByTestId("route-difficulty").innerText()).toMatch(/\d+\/100/);
      await page.getByTestId("route-policy").waitFor();
      await checkLook(page, name("card"));
      await page.keyboard.press("Escape");

      const again = page.getByTestId("stronger-button");
      expect(await again.innerText()).toMatch(text.again);
      expect(await again.getAttribute("data-model-id")).toBe(strongerModelId);
      await again.click();
      await page.getByText("2/2").waitFor();
      expect(await settledAnswer(page)).toBe("complete");
      expect(await badge.getAttribute("data-model-id")).toBe(strongerModelId);
      expect(await page.getByTestId("question").count()).toBe(1);
      const served = (await badge.innerText()).trim();
      await expect
        .poll(() => page.getByTestId("model-picker").innerText())
        .toContain(`${text.auto} · ${served}`);
      await openCard(page);
      expect(await page.getByTestId("route-reason").innerText()).toContain(text.picked);
      await checkLook(page, name("stronger"));
    });
  });

  test.for(looks)("savings and what-if: $locale, $width px", async ({ locale, width }) => {
    const text = words[locale];
    const { database } = world().app;
    const person = await makeThriftyPerson(database, locale);
    const size = width === 1280 ? desktop : phone;
    const look = locale === "vi" ? "dark" : "light";
    await visit(world(), { person, locale, size, look }, async ({ page }) => {
      await page.goto("/chat");
      expect(await ask(page, text.question)).toBe("complete");
      await page.goto("/usage");
      const saved = await microVnd(page, "month-saved");
      expect(saved).toBeGreaterThan(0n);
      await page.getByTestId("log-saved").waitFor();
      expect(await microVnd(page, "log-saved")).toBe(saved);

      const panel = page.getByTestId("what-if");
      const settled = page.locator('[data-testid="what-if"][data-fresh="true"]');
      await settled.waitFor();
      const plans = panel.getByTestId("what-if-plan");
      expect(await plans.count()).toBe(4);
      const total = () => plans.first().getAttribute("data-total-micro-vnd");
      const usual = BigInt((await total()) ?? "0");
      expect(usual).toBeGreaterThan(0n);
      await page.getByTestId("what-if-simple").fill("5000");
      await expect.poll(async () => BigInt((await total()) ?? "0") > usual).toBe(true);
      await settled.waitFor();
      const verdict = panel.getByTestId("what-if-verdict").first();
      expect(await verdict.getAttribute("data-verdict")).toBe("over_budget");
      await page.getByTestId("what-if-open-table").click();
      await expect.poll(() => panel.locator("tbody tr[data-row-key]").count()).toBe(12);
      await panel.scrollIntoViewIfNeeded();
      await checkLook(page, `usage-what-if-${locale}-${String(width)}`);

      await database.sql`
        update monthly_usage_summary set saved_micro_vnd = -5000000
         where org_id = ${person.orgId}`;
      await page.reload();
      await page.getByText(text.extra).first().waitFor();
      expect(await microVnd(page, "month-saved")).toBe(-5_000_000n);
      await database.sql`
        update monthly_usage_summary m
           set saved_micro_vnd = (select sum(saved_micro_vnd) from usage_logs l where l.org_id = m.org_id)
         where org_id = ${person.orgId}`;
    });
  });

  test("a draft that would be refused says so, with what to do", async () => {
    const { database } = world().app;
    const poor = await makePerson(database, { budgetMicroVnd: 1_000n });
    await visit(world(), { person: poor, size: phone }, async ({ page }) => {
      await page.goto("/chat");
      await page.getByTestId("chat-input").fill(words.vi.question);
      expect(await refusedPreview(page)).toBe("budget_exhausted");
      await checkLook(page, "route-refused-vi-390");
      await page.getByRole("button", { name: "Vì sao?" }).click();
      await page.getByText("Ngân sách mới mở lúc").waitFor();
      await page.getByTestId("draft-preview").getByRole("link", { name: "Xem ngân sách" }).click();
      await page.waitForURL(/\/usage$/);
    });
    const person = await makePerson(database);
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/chat");
      const box = page.getByTestId("chat-input");
      await box.fill("vẽ cho tôi con mèo dễ thương");
      expect(await refusedPreview(page)).toBe("feature_disabled");
      await page.getByRole("button", { name: "Nhờ mô tả bằng lời" }).click();
      await plannedPreview(page);
      expect(await box.inputValue()).toContain("mèo dễ thương");
      await box.fill("");
      await page.locator('[data-testid="draft-preview"][data-kind="idle"]').waitFor();
      await send(page, words.vi.question);
      expect(await settledAnswer(page)).toBe("complete");
    });
  });
});
