import type { BrowserContext } from "playwright-core";
import { describe, expect, test } from "vitest";
import { makePerson } from "../factories/people.ts";
import { expectNoOverflow, phone, visit } from "../support/browser.ts";
import { checkout, shownTransfer } from "../support/browser-billing.ts";
import { ask, lastAnswer } from "../support/browser-chat.ts";
import { checkLook } from "../support/browser-look.ts";
import { refusedWith } from "../support/browser-watch.ts";
import { useDemoWorld } from "../support/browser-world.ts";
import { contradictions } from "../support/check-books.ts";
import { sepayTestSettings } from "../support/sepay.ts";
import { stripeSession, stripeSignature, stripeTestSettings } from "../support/stripe.ts";

const PAYMENT_PAGE = "https://checkout.stripe.com/c/pay/cs_test_of_the_tests";
const opening = /\/api\/trpc\/billing\.openCheckout/;

const payosSettings = {
  PAYOS_CLIENT_ID: "a client id of the tests",
  PAYOS_API_KEY: "an api key of the tests",
  PAYOS_CHECKSUM_KEY: "a checksum key of the tests",
} as const;

/** What the product answers once Stripe has opened its page, and that page. */
async function standInForStripe(context: BrowserContext): Promise<void> {
  await context.route(opening, (route) =>
    route.fulfill({ json: [{ result: { data: { json: { url: PAYMENT_PAGE } } } }] }),
  );
  await context.route(PAYMENT_PAGE, (route) =>
    route.fulfill({ contentType: "text/html", body: "<title>Stripe</title><h1>Stripe</h1>" }),
  );
}

describe("paying on another house's page", () => {
  const world = useDemoWorld({ ...sepayTestSettings, ...stripeTestSettings, ...payosSettings });

  test("the browser leaves for it and comes back to an order its notice has paid", async () => {
    const { app } = world();
    const person = await makePerson(app.database);
    await visit(world(), { person, size: phone }, async ({ page, context, watch }) => {
      watch.allow(/^foreign request: https:\/\/checkout\.stripe\.com\//);
      await standInForStripe(context);
      await page.goto("/billing");
      await page.getByTestId("top-up-50000").click();
      const { code } = await shownTransfer(page);
      await page.getByTestId("hosted-checkouts").scrollIntoViewIfNeeded();
      await expectNoOverflow(page);
      expect(await page.getByTestId("pay-by-payos").innerText()).toBe("Trả qua PayOS");
      const orderId = await checkout(page).getAttribute("data-order-id");
      await page.getByRole("button", { name: "Trả bằng thẻ (Stripe)" }).click();
      await page.waitForURL(PAYMENT_PAGE);

      const body = stripeSession({ code, amount: 50_000 });
      const answer = await fetch(new URL("/api/payment/stripe/webhook", app.url), {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "stripe-signature": stripeSignature(body),
        },
        body,
      });
      expect(await answer.json()).toEqual({ success: true });
      await page.goto(`/billing?order=${orderId ?? ""}`);
      await page.locator('[data-testid="checkout"][data-state="paid"]').waitFor();
      expect(await contradictions(app.database.sql)).toEqual([]);
    });
  });

  test("a page that does not open is said so, and the QR code stays", async () => {
    const person = await makePerson(world().app.database);
    await visit(world(), { person }, async ({ page, context, watch }) => {
      watch.allow(...refusedWith(502, opening));
      const data = { domain: "provider_failed", details: {}, requestId: "", httpStatus: 502 };
      const error = { json: { message: "provider_failed", code: -32_603, data } };
      await context.route(opening, (route) => route.fulfill({ status: 502, json: [{ error }] }));
      await page.goto("/billing");
      await page.getByTestId("top-up-50000").click();
      const transfer = await shownTransfer(page);
      await page.getByTestId("pay-by-payos").click();
      await page.getByText("Chưa mở được trang thanh toán này.").waitFor();
      expect(await shownTransfer(page)).toEqual(transfer);
    });
  });
});

describe("without a way to pay", () => {
  const world = useDemoWorld();

  test("the page says so before anything is chosen, and nothing can be", async () => {
    const person = await makePerson(world().app.database);
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/billing");
      await page.getByTestId("payments-closed").waitFor();
      await page.getByTestId("plan-card").first().waitFor();
      for (const testId of ["choose-plan", "top-up-50000", "top-up-own", "top-up-submit"]) {
        expect(await page.getByTestId(testId).first().isDisabled(), testId).toBe(true);
      }
      await checkLook(page, "billing-closed-1280-light");
    });
  });

  test("a refused message offers no purchase, not for a moment either", async () => {
    const person = await makePerson(world().app.database, { budgetMicroVnd: 1_000n });
    await visit(world(), { person }, async ({ page, watch }) => {
      watch.allow(...refusedWith(402, /\/webapi\/chat\/auto/));
      const held: (() => Promise<void>)[] = [];
      await page.route(/billing\.getWaysToPay/, (route) => {
        held.push(() => route.continue());
      });
      await page.goto("/chat");
      expect(await ask(page, "Giải thích vì sao bầu trời có màu xanh")).toBe("refused");
      await expect.poll(() => held.length).toBeGreaterThan(0);
      // Neither while it is not known whether anything can be paid, nor afterwards.
      expect(await lastAnswer(page).getByTestId("pay-at-block").count()).toBe(0);
      const answered = page.waitForResponse(/billing\.getWaysToPay/);
      await Promise.all(held.map((release) => release()));
      await answered;
      await expect.poll(() => lastAnswer(page).getByTestId("pay-at-block").count()).toBe(0);
      expect(await lastAnswer(page).getByRole("button").count()).toBeGreaterThan(0);
    });
  });
});
