import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { adjustUsage } from "@/features/budgets/adjust-usage.ts";
import { bookAdjustment } from "@/features/ledger/book-adjustment.ts";
import { systemCtx } from "@/server/ctx.ts";
import { withTransaction } from "@/server/db/with-transaction.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { desktop, phone, visit } from "../support/browser.ts";
import {
  ask,
  costOn,
  expectBar,
  lastAnswer,
  send,
  settledAnswer,
} from "../support/browser-chat.ts";
import { refusedWith } from "../support/browser-watch.ts";
import { checkLook } from "../support/browser-look.ts";
import { useSimulatedWorld } from "../support/browser-world.ts";
import { contradictions } from "../support/check-books.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import type { TestDatabase } from "../support/test-database.ts";

const door = /\/webapi\/chat\/auto/;

const words = {
  vi: {
    replaced: /gặp lỗi nên .+ đã trả lời thay\.$/,
    credited: /^Không tính tiền: đã hoàn .+₫\./,
    kept: /^Câu này tốn .+₫ và không được hoàn/,
    none: "Không tính tiền câu này.",
    rule: "nhiều nhất 3 câu một ngày",
    entries: "6 lời gọi và điều chỉnh",
    reasons: { failed_answer: "hoàn tiền", late_usage: "chốt lại", manual: "điều chỉnh tay" },
  },
  en: {
    replaced: /ran into an error, so .+ answered instead\.$/,
    credited: /^Not charged: .+₫ was given back\./,
    kept: /^This cost .+₫ and was not given back/,
    none: "Nothing was charged for this.",
    rule: "at most 3 answers a day",
    entries: "6 calls and corrections",
    reasons: {
      failed_answer: "given back",
      late_usage: "settled later",
      manual: "manual adjustment",
    },
  },
} as const;

const looks = [
  { locale: "vi", width: 1280, look: "light" },
  { locale: "vi", width: 390, look: "dark" },
  { locale: "en", width: 1280, look: "dark" },
  { locale: "en", width: 390, look: "light" },
] as const;

const chargeNote = (page: Page) => lastAnswer(page).getByTestId("charge-note");

async function openCard(page: Page): Promise<void> {
  await lastAnswer(page).getByTestId("answer-cost").click();
  await page.getByTestId("route-card").waitFor();
}

/** All that was booked for a person, micro-VND. */
async function booked({ sql }: TestDatabase, { orgId }: Person): Promise<bigint> {
  const [row] = await sql`
    select sum(cost_micro_vnd)::text as cost from usage_logs where org_id = ${orgId}`;
  return BigInt(String(row?.["cost"]));
}

/** Corrects the person's dearest call, as a late report and as a person of ops do. */
async function correctDearestCall(
  database: TestDatabase,
  { orgId, userId }: Person,
): Promise<void> {
  const { db, sql } = database;
  const [log] = await sql`
    select id from usage_logs where org_id = ${orgId} and kind = 'usage'
     order by cost_micro_vnd desc limit 1`;
  const usageLogId = String(log?.["id"]);
  const ctx = systemCtx({ db, now: new Date(), orgId, userId, requestId: randomUUID() });
  const late = {
    usageLogId,
    costMicroVnd: 7_250_000n,
    reason: "late_usage",
    metadata: {},
  } as const;
  await withTransaction(ctx, (tx) => bookAdjustment(tx, late));
  const word = { note: "test", actor: "test", key: randomUUID(), requestId: randomUUID() };
  await adjustUsage(db, { usageLogId, costMicroVnd: -400_000n, ...word });
}

describe("an answer that fails, and what its person is told", () => {
  const world = useSimulatedWorld();
  beforeEach(() => world().simulator.reset());

  /** The n-th request with the same question gets the n-th script; every later one an answer. */
  const inTurn = (...scripts: readonly SimulatorScript[]) => {
    world().simulator.script(({ attempt }) => scripts[attempt - 1] ?? {});
  };

  test.for(looks)("$locale, $width px, $look", async ({ locale, width, look }) => {
    const text = words[locale];
    const { database } = world().app;
    const person = await makeCustomer(database, { locale });
    const size = width === 1280 ? desktop : phone;
    const name = (part: string) => `failed-${part}-${locale}-${String(width)}-${look}`;
    await visit(world(), { person, locale, size, look }, async ({ page, watch }) => {
      watch.allow(...refusedWith(502, door));
      await page.goto("/chat");
      inTurn({ status: 500 }, { status: 500 });
      expect(await ask(page, "Vì sao trời xanh?")).toBe("complete");
      const replaced = lastAnswer(page).getByTestId("answer-replaced");
      expect(await replaced.innerText()).toMatch(text.replaced);
      const badge = lastAnswer(page).getByTestId("model-badge");
      expect(await replaced.innerText()).toContain((await badge.innerText()).trim());
      expect(await chargeNote(page).count()).toBe(0);
      await openCard(page);
      expect(await page.getByTestId("route-entries").getAttribute("data-count")).toBe("3");
      expect((await page.getByTestId("route-reason").innerText()).trim()).toMatch(text.replaced);
      await checkLook(page, name("replaced"));
      await page.reload();
      await lastAnswer(page).getByTestId("answer-replaced").waitFor();

      inTurn();
      expect(await ask(page, "Chào bạn")).toBe("complete");
      inTurn({ errorAfter: 0 }, { errorAfter: 0 }, { errorAfter: 0 });
      const before = await booked(database, person);
      await send(page, "Kể một câu chuyện");
      await chargeNote(page).waitFor();
      expect(await settledAnswer(page, 3)).toBe("failed");
      expect(await chargeNote(page).innerText()).toMatch(text.credited);
      expect(await costOn(lastAnswer(page))).toBe(0n);
      expect(await booked(database, person)).toBe(before);
      await expectBar(page, before);
      await chargeNote(page).getByTestId("credit-rule-button").click();
      // A trial waits until it has come to rest.
      await page.getByTestId("credit-rule").getByText(text.rule).click({ trial: true });
      await checkLook(page, name("credited"));
      await page.keyboard.press("Escape");
      await openCard(page);
      await page.getByTestId("route-card").getByText(text.entries).waitFor();
      expect(
        BigInt((await page.getByTestId("route-credited").getAttribute("data-micro-vnd")) ?? "0"),
      ).toBeGreaterThan(0n);
      await checkLook(page, name("receipt"));

      await correctDearestCall(database, person);
      await page.getByTestId("route-card").getByRole("link").click();
      await page.waitForURL(/\/usage$/);
      for (const [reason, tag] of Object.entries(text.reasons)) {
        const row = page.locator(`[data-testid="adjustment"][data-reason="${reason}"]`).first();
        await row.getByText(tag, { exact: true }).waitFor();
      }
      const rows = page.locator('[data-kind="adjustment"]');
      expect(await rows.count()).toBe(5);
      expect(await rows.getByTestId("log-saved").count()).toBe(0);
      const total = page.getByTestId("history-total");
      const sum = await booked(database, person);
      await expect.poll(() => total.getAttribute("data-micro-vnd")).toBe(sum.toString());
      expect(sum).toBe(before + 6_850_000n);
      await rows.first().scrollIntoViewIfNeeded();
      await checkLook(page, name("history"));
      expect(await contradictions(database.sql)).toEqual([]);
    });
  });

  test.for(["vi", "en"] as const)("what is beyond the bounds is told: %s", async (locale) => {
    const text = words[locale];
    const person = await makeCustomer(world().app.database, { locale });
    await visit(world(), { person, locale, size: phone }, async ({ page, watch }) => {
      watch.allow(...refusedWith(502, door));
      await page.goto("/chat");
      world().simulator.script({ empty: true, reasoning: 400 });
      const kinds: (string | null)[] = [];
      for (const question of ["Một?", "Hai?", "Ba?", "Bốn?"]) {
        expect(await ask(page, question)).toBe("complete");
        kinds.push(await chargeNote(page).getAttribute("data-kind"));
      }
      expect(kinds).toEqual(["credited", "credited", "credited", "kept"]);
      expect(await chargeNote(page).innerText()).toMatch(text.kept);
      expect(await costOn(lastAnswer(page))).toBeGreaterThan(0n);
      world().simulator.script({ status: 400 });
      await send(page, "Năm?");
      await page.getByTestId("answer").nth(4).getByTestId("charge-note").waitFor();
      expect(await settledAnswer(page, 5)).toBe("failed");
      expect(await chargeNote(page).innerText()).toBe(text.none);
      await checkLook(page, `failed-kept-${locale}-390`);
    });
  });

  test("an answer that the budget cut says so, and can be continued", async () => {
    const budgetMicroVnd = vndToMicroVnd(60n);
    const person = await makePerson(world().app.database, { planId: "ultimate", budgetMicroVnd });
    await visit(world(), { person, size: phone }, async ({ page }) => {
      world().simulator.script({ output: 20_000, tokensPerChunk: 500 });
      await page.goto("/chat");
      expect(await ask(page, "Viết một truyện thật dài về phở")).toBe("complete");
      await lastAnswer(page).getByTestId("cut-by-budget").waitFor();
      await lastAnswer(page).getByTestId("continue-button").waitFor();
      await page.reload();
      await lastAnswer(page).getByTestId("cut-by-budget").getByRole("link").waitFor();
      await checkLook(page, "failed-cut-vi-390");
    });
  });

  test.for([
    { code: "rate_limited", status: 429 },
    { code: "overloaded", status: 503 },
    { code: "database_unavailable", status: 503 },
  ])("$code: the question stays, and goes again once the wait is over", async (row) => {
    const { code, status } = row;
    const person = await makeCustomer(world().app.database);
    await visit(world(), { person }, async ({ page, watch }) => {
      watch.allow(...refusedWith(status, door));
      const bodies: unknown[] = [];
      await page.route(/\/webapi\/chat\//, async (route) => {
        bodies.push(route.request().postDataJSON());
        if (bodies.length > 1) return route.continue();
        const json = { error: { code, message: "" }, requestId: "e2e" };
        return route.fulfill({ status, json, headers: { "retry-after": "3" } });
      });
      await page.goto("/chat");
      expect(await ask(page, "Chào bạn")).toBe("refused");
      const again = page.getByTestId("send-again");
      expect(await again.isDisabled()).toBe(true);
      expect(await again.innerText()).toMatch(/^Gửi lại sau [123] giây$/);
      await checkLook(page, `failed-${code}-vi-1280`);
      await expect.poll(() => again.isEnabled(), { timeout: 10_000 }).toBe(true);
      expect(await again.innerText()).toBe("Gửi lại");
      await again.click();
      expect(await settledAnswer(page)).toBe("complete");
      expect(bodies[1]).toEqual(bodies[0]);
      expect(await page.getByTestId("question").count()).toBe(1);
    });
  });
});
