import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { makePerson, type Person } from "../factories/people.ts";
import { desktop, expectNoOverflow, phone, visit } from "../support/browser.ts";
import { checkLook } from "../support/browser-look.ts";
import { useDemoWorld } from "../support/browser-world.ts";
import { makeStaff } from "../support/finance.ts";
import { micro } from "../support/paying.ts";
import { plantOrder } from "../support/sepay-world.ts";
import { until } from "../support/until.ts";
import { postWebhook, sepayBody, sepayTestSettings, type SepayTransfer } from "../support/sepay.ts";

const world = useDemoWorld(sepayTestSettings);
const views = ["inbox", "plans", "reconciliation"] as const;

/** Delivers a transfer and waits until it has its verdict. */
async function transfer(given: SepayTransfer): Promise<void> {
  const { url, database } = world().app;
  const response = await postWebhook(url, sepayBody(given));
  expect(await response.text()).toBe('{"success":true}');
  await until(async () => {
    const waiting = await database.sql`select id from payments where state = 'received'`;
    return waiting.length === 0;
  });
}

const transferOf = (page: Page, amount: number): Locator =>
  page.getByTestId("inbox-payment").filter({
    has: page.locator(`[data-testid="inbox-amount"][data-micro-vnd="${micro(amount)}"]`),
  });

async function decide(payment: Locator, action: string, fields: Record<string, string>) {
  await payment.getByTestId(`inbox-${action}`).click();
  for (const [name, text] of Object.entries(fields)) {
    await payment.getByTestId(`inbox-${name}`).fill(text);
  }
  await payment.getByTestId("inbox-confirm").click();
  await payment.page().getByTestId("inbox-recorded").waitFor();
}

/** An amount as it is shown and as it is exactly. */
async function money(place: Locator) {
  await place.waitFor();
  return { text: await place.innerText(), microVnd: await place.getAttribute("data-micro-vnd") };
}

async function billedTo(person: Person, code: string) {
  let shown = { state: "", paid: {}, price: {} };
  await visit(world(), { person }, async ({ page }) => {
    await page.goto("/billing");
    const row = page.locator(`[data-testid="order-row"][data-order-code="${code}"]`);
    const paid = await money(row.getByTestId("order-row-paid"));
    const price = await money(row.getByTestId("order-row-price"));
    shown = { state: (await row.getAttribute("data-state")) ?? "", paid, price };
  });
  return shown;
}

async function inboxOrder(payment: Locator) {
  const order = payment.getByTestId("inbox-order");
  const paid = await money(order.getByTestId("inbox-order-paid"));
  const price = await money(order.getByTestId("inbox-order-price"));
  return { state: (await order.getAttribute("data-state")) ?? "", paid, price };
}

describe("money that found no order", () => {
  test("is the same ₫ to finance and to its payer, matched in the browser, and undone", async () => {
    const { database } = world().app;
    const [person, finance] = [await makePerson(database), await makeStaff(database)];
    const { code } = await plantOrder(database, person, { priceVnd: 123_456 });
    await transfer({ code, amount: 40_056 });
    await transfer({ amount: 83_400, content: "chuyen tien an pho" });
    await visit(world(), { person: finance }, async ({ page }) => {
      await page.goto("/finance/inbox");
      expect(await inboxOrder(transferOf(page, 40_056))).toEqual(await billedTo(person, code));
      const nameless = transferOf(page, 83_400);
      await nameless.getByTestId("inbox-attach").click();
      await nameless.getByTestId("inbox-confirm").click();
      await nameless.getByText("Hãy ghi lý do, ít nhất 3 chữ cái.").waitFor();
      await nameless.getByRole("button", { name: "Thôi" }).click();
      const words = { "order-code": code.toLowerCase(), reason: "khách gửi ảnh biên lai" };
      await decide(nameless, "attach", words);
      await expect.poll(() => nameless.count()).toBe(0);
      await page.getByText("Đã quyết định", { exact: true }).click();
      const shown = await inboxOrder(nameless);
      expect(shown).toMatchObject({ state: "paid", paid: { microVnd: micro(123_456) } });
      expect(shown.paid.text.replace(/\s/g, " ")).toBe("123.456 ₫");
      expect(await billedTo(person, code)).toEqual(shown);
      const decision = nameless.getByTestId("inbox-decision");
      expect(await decision.innerText()).toContain("khách gửi ảnh biên lai");
      expect(await decision.innerText()).toContain("Thu Hà");
      await decide(nameless, "undo", { reason: "gắn nhầm khách" });
      await expect.poll(() => nameless.count()).toBe(0);
      await page.getByText("Đang chờ", { exact: true }).click();
      await nameless.getByText("đã hoàn tác").waitFor();
      expect((await billedTo(person, code)).state).toBe("refunded");
    });
  });

  test("is credited by e-mail, and a wrong e-mail is told in its place", async () => {
    const { database } = world().app;
    const [person, finance] = [await makePerson(database), await makeStaff(database)];
    await transfer({ amount: 61_000, content: "tien nap" });
    await visit(world(), { person: finance, size: phone }, async ({ page, watch }) => {
      watch.allow(/finance\.creditPayment/);
      await page.goto("/finance/inbox");
      const payment = transferOf(page, 61_000);
      await payment.getByTestId("inbox-credit").click();
      await payment.getByTestId("inbox-email").fill("khong-co@pho.example");
      await payment.getByTestId("inbox-reason").fill("khách gọi điện");
      await payment.getByTestId("inbox-confirm").click();
      await payment.getByTestId("inbox-failed").waitFor();
      await payment.getByTestId("inbox-email").fill(person.email);
      await payment.getByTestId("inbox-confirm").click();
      await page.getByTestId("inbox-recorded").waitFor();
      await expectNoOverflow(page);
    });
    const [grant] = await database.sql`
      select amount_micro_vnd::text as amount, cause from grants where org_id = ${person.orgId}`;
    expect(grant).toEqual({ amount: micro(61_000), cause: "credit" });
  });
});

describe("plans' terms", () => {
  test("are changed with the margin in sight, and the next buyer sees the price", async () => {
    const { database } = world().app;
    const [person, finance] = [await makePerson(database), await makeStaff(database)];
    await visit(world(), { person: finance }, async ({ page }) => {
      await page.goto("/finance/plans");
      await page.getByTestId("margin-warning").waitFor();
      expect(await page.getByTestId("no-margin").count()).toBe(6);
      const premium = page.locator('[data-testid="plan-terms"][data-plan-id="premium"]');
      await premium.getByTestId("no-margin").waitFor();
      await premium.getByTestId("plan-edit").click();
      expect(await page.getByTestId("plan-save").isDisabled()).toBe(true);
      await page.getByTestId("preview-warning").waitFor();
      await page.getByTestId("plan-price-input").fill("110.000");
      await page.getByTestId("plan-ratio-input").fill("87,5");
      await expect.poll(() => page.getByTestId("preview-warning").count()).toBe(0);
      const preview = await money(page.getByTestId("preview-margin"));
      expect(preview.microVnd).toBe(micro(13_750));
      await page.getByTestId("plan-reason").fill("tăng giá quý 1");
      await page.getByTestId("plan-save").click();
      await page.getByTestId("plan-saved").waitFor();
      expect(await money(premium.getByTestId("plan-margin"))).toEqual(preview);
      expect(await premium.getByTestId("no-margin").count()).toBe(0);
    });
    const [audited] = await database.sql`
      select actor, reason, before, after from audit_log where action = 'plan.change'`;
    expect(audited).toEqual({
      ...{ actor: finance.userId, reason: "tăng giá quý 1" },
      before: { priceMicroVnd: micro(99_000), budgetRatioBp: 10_000, enabled: true },
      after: { priceMicroVnd: micro(110_000), budgetRatioBp: 8_750, enabled: true },
    });
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/billing");
      const card = page.locator('[data-testid="plan-card"][data-plan-id="premium"]');
      expect((await money(card.getByTestId("plan-price"))).microVnd).toBe(micro(110_000));
    });
  });
});

describe("the pages of finance", () => {
  test("are no pages to a chat user, and are in nobody else's way", async () => {
    const { database } = world().app;
    const [person, ops] = [await makePerson(database), await makeStaff(database, "ops")];
    for (const reader of [person, ops]) {
      await visit(world(), { person: reader }, async ({ page, context }) => {
        for (const path of [...views.map((view) => `/finance/${view}`), "/finance", "/finance/x"]) {
          const answer = await context.request.get(path);
          expect({ path, status: answer.status() }).toEqual({ path, status: 404 });
          expect(await answer.text()).not.toContain("Tiền đã vào, chưa khớp đơn</h2>");
        }
        await page.goto("/usage");
        await page.getByRole("navigation").first().waitFor();
        expect(await page.locator('a[href^="/finance"]').count()).toBe(0);
        for (const name of ["listInbox", "listPlanTerms", "getReconciliation"]) {
          const input = encodeURIComponent(
            name === "listInbox" ? '{"json":{}}' : '{"json":{"day":"2026-11-20"}}',
          );
          const query = name === "listPlanTerms" ? "" : `?input=${input}`;
          const answer = await context.request.get(`/api/trpc/finance.${name}${query}`);
          expect({ name, status: answer.status() }).toEqual({ name, status: 403 });
        }
      });
    }
    const admin = await makeStaff(database, "admin");
    await visit(world(), { person: admin }, async ({ page }) => {
      await page.goto("/usage");
      await page.locator('a[href="/finance/inbox"]').click();
      await page.waitForURL(/\/finance\/inbox$/);
      await page.getByRole("heading", { name: "Tiền đã vào, chưa khớp đơn" }).waitFor();
    });
  });

  test("ask a stranger to sign in", async () => {
    await visit(world(), {}, async ({ page }) => {
      await page.goto("/finance/inbox");
      await page.waitForURL(/\/sign-in/);
    });
  });
});

const looks = (["vi", "en"] as const).flatMap((locale) =>
  ([1280, 390] as const).flatMap((width) =>
    (["light", "dark"] as const).map((look) => ({ locale, width, look })),
  ),
);

describe("every view of finance", () => {
  test.for(looks)("in $locale at $width px, $look", async ({ locale, width, look }) => {
    const { database } = world().app;
    const [person, finance] = [
      await makePerson(database),
      await makeStaff(database, "finance", { locale }),
    ];
    const { code } = await plantOrder(database, person);
    await transfer({
      code,
      amount: 40_000,
      content: `MBVCB.123456789.${code}.CT tu 0123456789 NGUYEN VAN AN toi`,
    });
    await transfer({ amount: 75_000, content: "a".repeat(180) });
    await transfer({ amount: 52_000, account: "9999999999", content: "nham tai khoan" });
    const size = width === 390 ? phone : desktop;
    const name = (view: string) => `finance-${view}-${locale}-${String(width)}-${look}`;
    await visit(world(), { person: finance, locale, look, size }, async ({ page }) => {
      for (const view of views) {
        await page.goto(`/finance/${view}`);
        await page.getByTestId(shown[view]).first().waitFor();
        await check(page, name(view));
      }
      await page.goto("/finance/inbox?reason=short");
      await page.getByTestId("inbox-attach").first().click();
      await page.getByTestId("inbox-form").scrollIntoViewIfNeeded();
      await check(page, name("attach"));
      await page.goto("/finance/plans");
      await page.getByTestId("plan-edit").first().click();
      await page.getByTestId("plan-form").scrollIntoViewIfNeeded();
      await check(page, name("terms"));
    });
  });
});

const shown = { inbox: "inbox-payment", plans: "plan-terms", reconciliation: "reconciliation" };

async function check(page: Page, name: string): Promise<void> {
  await checkLook(page, name);
  expect(await page.locator("body").innerText()).not.toMatch(/\bfinance\.[a-z]+/i);
}
