import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** States in which the server has said its last word about an answer. */
const settled = ["complete", "interrupted", "failed", "refused", "unsent"] as const;

/** Writes a message and sends it as a person does. */
export async function send(page: Page, text: string): Promise<void> {
  await page.getByTestId("chat-input").fill(text);
  await page.getByTestId("send-button").click();
}

export function lastAnswer(page: Page): Locator {
  return page.getByTestId("answer").last();
}

/** Waits until the last of `count` answers is settled. @returns its state. */
export async function settledAnswer(page: Page, count = 1): Promise<string> {
  const wanted = settled.map((state) => `[data-testid="answer"][data-state="${state}"]`);
  await expect
    .poll(() => page.getByTestId("answer").count(), { timeout: 30_000 })
    .toBeGreaterThanOrEqual(count);
  await page
    .locator(wanted.join(","))
    .nth(count - 1)
    .waitFor({ timeout: 60_000 });
  return (await lastAnswer(page).getAttribute("data-state")) ?? "";
}

/** Sends a message and waits for the whole answer. @returns its state. */
export async function ask(page: Page, text: string): Promise<string> {
  const before = await page.getByTestId("answer").count();
  await send(page, text);
  return settledAnswer(page, before + 1);
}

/** The exact cost on an answer, micro-VND. */
export async function costOn(answer: Locator): Promise<bigint> {
  return BigInt(
    (await answer.getByTestId("answer-cost").getAttribute("data-cost-micro-vnd")) ?? "-1",
  );
}

/** The figures of the budget bar in sight, micro-VND. */
export async function budgetBar(page: Page) {
  const bar = page.getByTestId("budget-bar").first();
  const figure = async (name: string) =>
    BigInt((await bar.getAttribute(`data-${name}-micro-vnd`)) ?? "-1");
  return {
    limit: await figure("limit"),
    used: await figure("used"),
    reserved: await figure("reserved"),
  };
}

/** Waits until the bar shows that much as spent and nothing as held. */
export async function expectBar(page: Page, usedMicroVnd: bigint): Promise<void> {
  await expect
    .poll(
      async () => {
        const { used, reserved } = await budgetBar(page);
        return { used, reserved };
      },
      { timeout: 15_000 },
    )
    .toEqual({ used: usedMicroVnd, reserved: 0n });
}
