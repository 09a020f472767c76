import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makePerson } from "../factories/people.ts";
import { desktop, phone, visit } from "../support/browser.ts";
import { checkout, payAndSee, shownTransfer } from "../support/browser-billing.ts";
import { answerOf } from "../support/served-chat.ts";
import { ask, budgetBar, lastAnswer, settledAnswer } from "../support/browser-chat.ts";
import { checkLook } from "../support/browser-look.ts";
import { refusedWith } from "../support/browser-watch.ts";
import { useDemoWorld } from "../support/browser-world.ts";
import { contradictions } from "../support/check-books.ts";
import { SEPAY_ACCOUNT, sepayTestSettings } from "../support/sepay.ts";

const sizes = { 1280: desktop, 390: phone } as const;
const narrow = { width: 360, height: 740 } as const;
const question = "Giải thích vì sao bầu trời có màu xanh";
const door = /\/webapi\/chat\/auto/;
const topUpVnd = 50_000;

/** The whole of it stands on screen without scrolling. */
async function expectInSight(page: Page, testId: string): Promise<void> {
  const part = page.getByTestId(testId);
  await part.waitFor();
  const isSeen = () =>
    part.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= window.innerHeight;
    });
  await expect.poll(isSeen, { message: `${testId} in sight` }).toBe(true);
}

const limitOf = (page: Page) => budgetBar(page).then(({ limit }) => limit);

describe("paying where a message was refused", () => {
  const world = useDemoWorld(sepayTestSettings);

  test.for([
    { width: 1280, look: "light" },
    { width: 390, look: "dark" },
  ] as const)("at $width px, $look: QR, money, bar, and one tap sends it", async (set) => {
    const { app } = world();
    const person = await makePerson(app.database, { budgetMicroVnd: 1_000n });
    const setting = { person, size: sizes[set.width], look: set.look };
    await visit(world(), setting, async ({ page, watch }) => {
      watch.allow(...refusedWith(402, door));
      await page.goto("/chat");
      expect(await ask(page, question)).toBe("refused");
      await lastAnswer(page).getByTestId("pay-at-block").click();
      await page.getByTestId(`offer-top_up-${String(topUpVnd)}`).click();
      await checkLook(page, `block-offers-${String(set.width)}-${set.look}`);
      await page.getByTestId("block-continue").click();
      await expectInSight(page, "transfer-qr");
      const transfer = await shownTransfer(page);
      expect(transfer).toMatchObject({ account: SEPAY_ACCOUNT, amount: topUpVnd });
      await checkLook(page, `block-qr-${String(set.width)}-${set.look}`);

      await payAndSee(page, app.url, transfer, "paid");
      const limit = 1_000n + vndToMicroVnd(BigInt(topUpVnd));
      await expect.poll(() => limitOf(page)).toBe(limit);
      await checkLook(page, `block-paid-${String(set.width)}-${set.look}`);
      await lastAnswer(page).getByTestId("send-again").click();
      await page.getByText("2/2").waitFor();
      expect(await settledAnswer(page)).toBe("complete");
      expect(await page.getByTestId("question").count()).toBe(1);

      await page.goto("/billing");
      const row = page.locator(`[data-order-code="${transfer.code}"]`);
      const paid = await row.getByTestId("order-row-paid").getAttribute("data-micro-vnd");
      expect(BigInt(paid ?? "0")).toBe(vndToMicroVnd(BigInt(topUpVnd)));
      expect(await contradictions(app.database.sql)).toEqual([]);
    });
  });
});

describe("buying on the billing page", () => {
  const world = useDemoWorld(sepayTestSettings);

  test("a plan from free starts with the money, which may come in two parts", async () => {
    const { app } = world();
    const person = await makePerson(app.database);
    await visit(world(), { person, size: narrow }, async ({ page, context }) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.goto("/billing");
      const card = page.locator('[data-testid="plan-card"][data-plan-id="premium"]');
      const start = card.getByTestId("plan-start");
      expect(await start.getAttribute("data-starts")).toBe("now");
      await card.getByTestId("choose-plan").click();
      const whole = await shownTransfer(page);
      expect(await checkout(page).getByTestId("order-start").innerText()).toContain(
        "ngay khi tiền đến",
      );
      await page.getByTestId("copy-transfer-memo").click();
      await page.getByText("Đã chép: Nội dung chuyển khoản").waitFor({ state: "attached" });
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(whole.code);
      await page.reload();
      expect(await shownTransfer(page)).toEqual(whole);

      await payAndSee(page, app.url, { ...whole, amount: 40_000 }, "partially_paid");
      await page.getByTestId("order-missing").waitFor();
      const rest = await shownTransfer(page);
      expect(rest).toEqual({ ...whole, amount: whole.amount - 40_000 });
      await checkLook(page, "billing-part-360-light");
      await payAndSee(page, app.url, rest, "paid");
      await expect
        .poll(() => page.getByTestId("subscription").getAttribute("data-plan-id"))
        .toBe("premium");
      await expect.poll(() => limitOf(page)).toBe(vndToMicroVnd(BigInt(whole.amount)));

      await page.getByTestId("order-paid").getByRole("link", { name: "Xác nhận" }).click();
      const paper = page.getByTestId("confirmation");
      expect(await paper.getAttribute("data-order-code")).toBe(whole.code);
      expect(await paper.locator("tbody tr").count()).toBe(2);
      await checkLook(page, "billing-confirmation-360-light");
      await page.emulateMedia({ media: "print" });
      expect(await page.getByRole("navigation").count()).toBe(0);
      expect(await contradictions(app.database.sql)).toEqual([]);
    });
  });

  test("whoever has a plan sees both starts, chooses, and can cancel and resume", async () => {
    const { app } = world();
    const person = await makePerson(app.database, { planId: "starter" });
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/billing");
      const card = page.locator('[data-testid="plan-card"][data-plan-id="starter"]');
      await card.getByTestId("choose-plan").click();
      const choice = page.getByTestId("start-choice");
      await choice.getByTestId("start-now").waitFor();
      expect(await choice.getByRole("radio").first().isChecked()).toBe(true);
      await choice.getByTestId("start-period_end").click();
      await checkLook(page, "billing-start-1280-light");
      const before = await page.getByTestId("subscription").locator("time").last().innerText();
      await page.getByTestId("confirm-start").click();
      const transfer = await shownTransfer(page);
      const start = checkout(page).getByTestId("order-start");
      expect(await start.getAttribute("data-starts")).toBe("period_end");
      expect(await start.innerText()).toContain(before);
      await payAndSee(page, app.url, transfer, "paid");
      await page.getByText("1 kỳ tháng", { exact: true }).waitFor();

      await page.getByTestId("cancel-subscription").click();
      await page.getByTestId("resume-subscription").click();
      await page.getByTestId("cancel-subscription").waitFor();
      expect(await contradictions(app.database.sql)).toEqual([]);
    });
  });

  test("an order can be left, found again, and given up", async () => {
    const person = await makePerson(world().app.database);
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/billing");
      await page.getByTestId("top-up-own").fill("12345");
      await page.getByTestId("top-up-submit").click();
      const transfer = await shownTransfer(page);
      expect(transfer.amount).toBe(12_345);
      await page.getByTestId("pay-later").click();
      await checkout(page).waitFor({ state: "detached" });
      await page.getByTestId("pay-order").click();
      expect(await shownTransfer(page)).toEqual(transfer);
      await page.getByTestId("cancel-order").click();
      await page.locator('[data-testid="order-row"][data-state="cancelled"]').waitFor();
    });
  });

  const looks = ([1280, 390] as const).flatMap((width) =>
    (["light", "dark"] as const).map((scheme) => ({ width, scheme })),
  );
  test.for(looks)("looks right at $width px, $scheme", async ({ width, scheme }) => {
    const { app } = world();
    const person = await makePerson(app.database, { planId: "starter" });
    const name = (part: string) => `billing-${part}-${String(width)}-${scheme}`;
    await visit(world(), { person, size: sizes[width], look: scheme }, async ({ page }) => {
      await page.goto("/billing");
      await page.getByTestId("plan-card").first().waitFor();
      await checkLook(page, name("plans"));
      await page.getByTestId("top-up-20000").click();
      const transfer = await shownTransfer(page);
      await checkLook(page, name("checkout"));
      await payAndSee(page, app.url, { ...transfer, amount: 25_000 }, "paid");
      await checkLook(page, name("paid"));
      const rows = page.getByTestId("order-row");
      await rows.first().scrollIntoViewIfNeeded();
      await checkLook(page, name("orders"));
      await page.getByTestId("order-paid").getByRole("link", { name: "Xác nhận" }).click();
      await page.getByTestId("confirmation").waitFor();
      await checkLook(page, name("confirmation"));
    });
  });
});

describe("the plans, once enough was answered", () => {
  const world = useDemoWorld(sepayTestSettings);
  const hard = "Chứng minh rằng mọi nhóm hữu hạn có cấp p^2 là nhóm abel, rồi phân loại chúng.";

  beforeAll(async () => {
    const { app } = world();
    const person = await makePerson(app.database, { planId: "ultimate" });
    for (let round = 0; round < 4; round += 1) {
      const questions = Array.from({ length: 5 }, () => ["Xin chào", hard]).flat();
      await Promise.all(questions.map((text) => answerOf(app.url, person, text)));
    }
  });

  test.for([
    { width: 1280, scheme: "light" },
    { width: 390, scheme: "dark" },
  ] as const)("say about how many answers they buy at $width px, $scheme", async (set) => {
    const { app } = world();
    const person = await makePerson(app.database, { planId: "ultimate" });
    const setting = { person, size: sizes[set.width], look: set.scheme };
    await visit(world(), setting, async ({ page }) => {
      await page.goto("/billing");
      const lines = page.getByTestId("plan-answers");
      await lines.first().waitFor();
      expect(await lines.count()).toBe(4);
      for (const line of await lines.allInnerTexts()) {
        expect(line).toMatch(/^Khoảng [\d.]+ câu đơn giản hoặc [\d.]+ câu khó mỗi tháng$/);
      }
      await checkLook(page, `billing-answers-${String(set.width)}-${set.scheme}`);
    });
  });
});
