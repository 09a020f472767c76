import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { makePerson } from "../factories/people.ts";
import { phone, visit } from "../support/browser.ts";
import { ask } from "../support/browser-chat.ts";
import { useDemoWorld } from "../support/browser-world.ts";

async function chooseInMenu(page: Page, item: string): Promise<void> {
  await page.getByTestId("conversation-item").first().hover();
  await page.getByTestId("conversation-menu").first().click();
  await page.getByRole("menuitem", { name: item }).click();
}

describe("what a person sets stays set", () => {
  const world = useDemoWorld();

  test("cost optimisation switched off is kept, and spares the choice", async () => {
    const { sql } = world().app.database;
    const person = await makePerson(world().app.database);
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/settings");
      const optimise = page.getByRole("switch", { name: "Tự chọn mô hình đáng tiền nhất" });
      expect(await optimise.isChecked()).toBe(true);
      await optimise.click();
      await page.getByTestId("save-cost").click();
      await page.getByTestId("saved").waitFor();
      await page.reload();
      await expect.poll(() => optimise.isChecked()).toBe(false);
      await page.goto("/chat");
      expect(await ask(page, "Chào bạn")).toBe("complete");
      await page.getByTestId("answer-cost").click();
      await page.getByTestId("route-card").waitFor();
      const [log] = await sql`select model_id from usage_logs where user_id = ${person.userId}`;
      expect(log?.["model_id"]).toMatch(/^demo\//);
    });
  });

  test("a conversation is renamed and deleted", async () => {
    const person = await makePerson(world().app.database);
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/chat");
      expect(await ask(page, "Chào bạn")).toBe("complete");
      const item = page.getByTestId("conversation-item");
      await item.first().waitFor();
      await chooseInMenu(page, "Đổi tên");
      await page.getByTestId("rename-input").fill("Chuyện của tôi");
      await page.getByRole("button", { name: "Lưu" }).click();
      await expect.poll(() => item.first().innerText()).toContain("Chuyện của tôi");
      await page.reload();
      await expect.poll(() => item.first().innerText()).toContain("Chuyện của tôi");
      await chooseInMenu(page, "Xóa");
      await page.getByRole("dialog").getByRole("button", { name: "Xóa" }).click();
      await expect.poll(() => item.count()).toBe(0);
      await page.reload();
      await page.getByText("Chưa có cuộc trò chuyện nào.").waitFor();
    });
  });

  test("language and look change at once and survive a reload", async () => {
    const person = await makePerson(world().app.database);
    await visit(world(), { person, size: phone }, async ({ page }) => {
      const root = page.locator("html");
      await page.goto("/settings/look");
      await page.getByText("English", { exact: true }).click();
      await page.getByRole("heading", { name: "Settings" }).waitFor();
      await page.getByText("Dark", { exact: true }).click();
      await expect.poll(() => root.getAttribute("data-look")).toBe("dark");
      await page.reload();
      await page.getByRole("heading", { name: "Settings" }).waitFor();
      expect(await root.getAttribute("lang")).toBe("en");
      expect(await root.getAttribute("data-look")).toBe("dark");
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(ground).toBe("rgb(23, 19, 16)");
    });
  });

  test("on a phone the conversations open from the side and close after a choice", async () => {
    const person = await makePerson(world().app.database);
    await visit(world(), { person, size: phone }, async ({ page }) => {
      await page.goto("/chat");
      expect(await ask(page, "Chào bạn")).toBe("complete");
      await page.getByTestId("new-chat-compact").click();
      await expect.poll(() => page.getByTestId("answer").count()).toBe(0);
      await page.getByTestId("open-conversations").click();
      const drawer = page.getByRole("dialog");
      await drawer.getByTestId("conversation-item").first().click();
      await page.getByTestId("answer").waitFor();
      await drawer.waitFor({ state: "hidden" });
    });
  });
});
