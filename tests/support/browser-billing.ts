import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { readQr } from "./read-qr.ts";
import { postWebhook, sepayBody } from "./sepay.ts";

/** Within this time of the bank's notice a page that is seen has turned. */
const TURN_MS = 2_000;

/** The checkout on screen. */
export function checkout(page: Page): Locator {
  return page.getByTestId("checkout");
}

/** What a person would type into the bank's form. */
export type Transfer = { readonly account: string; readonly amount: number; readonly code: string };

/** What stands beside the QR code; the code itself must say the same to an independent reader. */
export async function shownTransfer(page: Page): Promise<Transfer> {
  const qr = checkout(page).getByTestId("transfer-qr");
  await qr.waitFor();
  const copied = async (name: string) =>
    (await page.getByTestId(`transfer-${name}`).getAttribute("data-copy")) ?? "";
  const transfer = {
    account: await copied("account"),
    amount: Number(await copied("amount")),
    code: await copied("memo"),
  };
  const text = await readQr(qr);
  expect(text, "the QR code as read").toBe(await qr.getAttribute("data-qr"));
  expect(text).toContain(transfer.account);
  expect(text).toContain(transfer.code);
  expect(text).toContain(`54${twoDigits(transfer.amount)}${String(transfer.amount)}`);
  return transfer;
}

/** EMVCo writes the length of a value before it. */
const twoDigits = (amount: number): string => String(String(amount).length).padStart(2, "0");

/** The bank tells of money for that transfer; the page must have turned in time. */
export async function payAndSee(
  page: Page,
  appUrl: string,
  transfer: Transfer,
  state: "paid" | "partially_paid",
): Promise<void> {
  await page.bringToFront();
  const answer = await postWebhook(appUrl, sepayBody(transfer));
  expect(await answer.json()).toEqual({ success: true });
  await page
    .locator(`[data-testid="checkout"][data-state="${state}"]`)
    .waitFor({ timeout: TURN_MS });
}
