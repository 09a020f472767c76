import type { Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";
import { makeCustomer } from "../factories/people.ts";
import { visit } from "../support/browser.ts";
import {
  ask,
  costOn,
  expectBar,
  lastAnswer,
  send,
  settledAnswer,
} from "../support/browser-chat.ts";
import { useSimulatedWorld } from "../support/browser-world.ts";
import { contradictions } from "../support/check-books.ts";
import { until } from "../support/until.ts";

type Sample = { readonly afterClickMs: number; readonly length: number; readonly state: string };

/** How long the answer was, and in which state, at every animation frame after the click on Stop. */
async function sampleAfterStop(page: Page): Promise<void> {
  await page.evaluate(() => {
    const samples: unknown[] = [];
    Reflect.set(window, "phoSamples", samples);
    const onClick = (event: MouseEvent) => {
      const isStop =
        event.target instanceof Element && event.target.closest('[data-testid="stop-button"]');
      if (isStop === null || isStop === false) return;
      const clickedAt = performance.now();
      const look = () => {
        const answer = document.querySelector('[data-testid="answer"]');
        const length = answer?.querySelector(".x-markdown")?.textContent.length ?? 0;
        const state = answer?.getAttribute("data-state") ?? "";
        samples.push({ afterClickMs: performance.now() - clickedAt, length, state });
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    };
    document.addEventListener("click", onClick, { capture: true });
  });
}

const samplesOf = (page: Page) =>
  page.evaluate(() => Reflect.get(window, "phoSamples") as readonly Sample[]);

async function waitForText(page: Page): Promise<void> {
  await expect.poll(() => lastAnswer(page).locator(".x-markdown").innerText()).toMatch(/\w{3}/);
}

describe("an answer that does not run through", () => {
  const world = useSimulatedWorld();
  beforeEach(() => world().simulator.reset());

  test("Stop freezes the text, keeps it marked with its cost, and it can be continued", async () => {
    const { app, simulator } = world();
    const person = await makeCustomer(app.database);
    await visit(world(), { person }, async ({ page }) => {
      simulator.script({ output: 2_000, tokensPerChunk: 2, delayMsPerChunk: 25 });
      await page.goto("/chat");
      await sampleAfterStop(page);
      await send(page, "Kể một câu chuyện thật dài");
      await waitForText(page);
      await page.getByTestId("stop-button").click();
      expect(await settledAnswer(page)).toBe("interrupted");

      const frozen = (await samplesOf(page)).filter(
        ({ state, afterClickMs }) => state === "stopping" && afterClickMs > 500,
      );
      expect(new Set(frozen.map(({ length }) => length)).size).toBeLessThanOrEqual(1);
      const answer = lastAnswer(page);
      await answer.getByText("đã dừng", { exact: true }).waitFor();
      const cost = await costOn(answer);
      expect(cost).toBeGreaterThan(0n);
      await expectBar(page, cost);
      await until(() => simulator.calls.at(0)?.disconnectedAt);

      const partial = simulator.calls.at(0)?.textSent.slice(0, 20) ?? "";
      simulator.script({ text: "và thế là hết." });
      await answer.getByTestId("continue-button").click();
      expect(await settledAnswer(page, 2)).toBe("complete");
      expect(await lastAnswer(page).innerText()).toContain("và thế là hết.");
      expect(JSON.stringify(simulator.calls.at(1)?.requestBody)).toContain(partial);
      await expectBar(page, cost + (await costOn(lastAnswer(page))));
      expect(await contradictions(app.database.sql)).toEqual([]);
    });
  });

  test("asking again keeps both versions side by side", async () => {
    const { app, simulator } = world();
    const person = await makeCustomer(app.database);
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/chat");
      simulator.script({ text: "Lời đáp thứ nhất." });
      expect(await ask(page, "Chào bạn")).toBe("complete");
      const firstCost = await costOn(lastAnswer(page));

      simulator.script({ text: "Lời đáp thứ hai." });
      await page.getByTestId("retry-button").click();
      await page.getByText("Lời đáp thứ hai.").waitFor();
      await page.getByText("2/2").waitFor();
      expect(await page.getByTestId("question").count()).toBe(1);
      expect(await settledAnswer(page)).toBe("complete");
      const secondCost = await costOn(lastAnswer(page));
      await page.getByRole("button", { name: "Bản trước" }).click();
      await page.getByText("Lời đáp thứ nhất.").waitFor();
      expect(await costOn(lastAnswer(page))).toBe(firstCost);
      await expectBar(page, firstCost + secondCost);

      await page.reload();
      await page.getByText("2/2").waitFor();
      await page.getByText("Lời đáp thứ hai.").waitFor();
    });
  });

  test("a tab closed halfway ends the call, and the half is kept, priced and shown later", async () => {
    const { app, simulator } = world();
    const person = await makeCustomer(app.database);
    const { sql } = app.database;
    await visit(world(), { person }, async ({ page, context }) => {
      simulator.script({ output: 200, tokensPerChunk: 4, pauseAfter: 25 });
      await page.goto("/chat");
      await send(page, "Kể một câu chuyện");
      await waitForText(page);
      await expect.poll(() => page.url()).toMatch(/\/chat\/[0-9a-f-]{36}$/);
      const address = page.url();
      await page.close();

      await until(() => simulator.calls.at(0)?.disconnectedAt);
      const logs = await until(async () => {
        const rows =
          await sql`select cost_micro_vnd from usage_logs where user_id = ${person.userId}`;
        return rows.length > 0 ? rows : null;
      });
      expect(logs).toHaveLength(1);
      const [period] = await sql`
        select used_micro_vnd, reserved_micro_vnd from budget_periods where org_id = ${person.orgId}`;
      expect(period).toEqual({
        used_micro_vnd: String(logs[0]?.["cost_micro_vnd"]),
        reserved_micro_vnd: "0",
      });
      expect(await contradictions(sql)).toEqual([]);

      const later = await context.newPage();
      await later.goto(address);
      expect(await settledAnswer(later)).toBe("interrupted");
      const sent = simulator.calls.at(0)?.textSent.trim() ?? "";
      await later.getByText(sent).waitFor();
      await later.getByText("đã dừng", { exact: true }).waitFor();
      expect(await costOn(lastAnswer(later))).toBe(BigInt(String(period?.["used_micro_vnd"])));
    });
  });
});
