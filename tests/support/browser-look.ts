import { mkdir } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { expectNoOverflow } from "./browser.ts";

export const SCREENS = "tests/.out/screens";

/** Waits until no part of the page is on its way, and keeps what is on screen under a name. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await page.waitForFunction(() => document.querySelector(".ant-skeleton-active") === null);
  await page.evaluate(() => document.fonts.ready);
  await mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: `${SCREENS}/${name}.png` });
}

/** No serious finding of axe. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
  expect(grave, `accessibility of ${name}`).toEqual([]);
}

/** Keeps a picture of the page, which overflows nowhere and is accessible. */
export async function checkLook(page: Page, name: string): Promise<void> {
  await keepPicture(page, name);
  await expectNoOverflow(page);
  await expectAccessible(page, name);
}
