import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { visit } from "../support/browser.ts";
import {
  budgetBar,
  costOn,
  expectBar,
  lastAnswer,
  send,
  settledAnswer,
} from "../support/browser-chat.ts";
import { useDemoWorld } from "../support/browser-world.ts";

const email = "lan@pho.example";
const question = "Giải thích vì sao bầu trời có màu xanh";

/** How long the answer's text was at each animation frame, while it grew. */
async function samplePaints(page: Page): Promise<void> {
  await page.evaluate(() => {
    const lengths: number[] = [];
    Reflect.set(window, "phoPaints", lengths);
    const look = () => {
      const text = document.querySelector('[data-testid="answer"]')?.textContent ?? "";
      if (text.length > (lengths.at(-1) ?? 0)) lengths.push(text.length);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

const paints = (page: Page) =>
  page.evaluate(() => Reflect.get(window, "phoPaints") as readonly number[]);

describe("the first message of a new person", () => {
  const world = useDemoWorld();

  test("from sign-up to the ledger the same đồng everywhere", async () => {
    await visit(world(), {}, async ({ page, app }) => {
      await signUp(page);
      await page.goto(await app.linkTo(email));
      await page.getByTestId("verify-done").waitFor();
      await page.goto("/chat");

      await expect.poll(() => budgetBar(page).then((bar) => bar.limit)).toBeGreaterThan(0n);
      const before = await budgetBar(page);
      await samplePaints(page);
      await send(page, question);
      expect(await settledAnswer(page)).toBe("complete");
      expect((await paints(page)).length).toBeGreaterThan(3);

      const answer = lastAnswer(page);
      const cost = await costOn(answer);
      expect(cost).toBeGreaterThan(0n);
      expect(await answer.innerText()).toContain("tán xạ");
      const model = await answer.getByTestId("model-badge").getAttribute("data-model-id");
      expect(model).toMatch(/^demo\//);
      await expectBar(page, before.used + cost);

      expect(page.url()).toMatch(/\/chat\/[0-9a-f-]{36}$/);
      const text = await answer.innerText();
      await page.reload();
      expect(await settledAnswer(page)).toBe("complete");
      await expect.poll(() => lastAnswer(page).innerText()).toBe(text);
      expect(await costOn(lastAnswer(page))).toBe(cost);
      await expectBar(page, before.used + cost);

      await page.goto("/usage");
      await expectBar(page, before.used + cost);
      for (const name of ["period-used", "month-cost", "history-total", "log-cost"]) {
        const shown = await page.getByTestId(name).getAttribute("data-micro-vnd");
        expect(BigInt(shown ?? "-1"), name).toBe(cost);
      }

      const logs = await app.database.sql`
        select l.cost_micro_vnd, l.model_id, p.used_micro_vnd, p.reserved_micro_vnd
          from usage_logs l join budget_periods p on p.id = l.period_id`;
      expect(logs.map((log) => ({ ...log }))).toEqual([
        {
          cost_micro_vnd: cost.toString(),
          model_id: model,
          used_micro_vnd: cost.toString(),
          reserved_micro_vnd: "0",
        },
      ]);
    });
  });
});

async function signUp(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("link", { name: "Tạo tài khoản miễn phí" }).click();
  await page.getByLabel("Tên hiển thị").fill("Lan");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Mật khẩu").fill("một mật khẩu đủ dài");
  await page.getByRole("button", { name: "Tạo tài khoản" }).click();
  await page.waitForURL(/\/chat$/);
  await page.getByTestId("unverified-banner").waitFor();
}
