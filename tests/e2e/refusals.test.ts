import { describe, expect, test } from "vitest";
import { makeCustomer, makePerson } from "../factories/people.ts";
import { visit, type Visit } from "../support/browser.ts";
import { ask, lastAnswer, settledAnswer } from "../support/browser-chat.ts";
import { useDemoWorld } from "../support/browser-world.ts";
import { refusedWith } from "../support/browser-watch.ts";

const refusal = ({ page }: Pick<Visit, "page">) => lastAnswer(page).getByTestId("refusal-item");
const door = /\/webapi\/chat\/auto/;

describe("what is not answered", () => {
  const world = useDemoWorld();
  const spent = async (orgId: string) =>
    world().app.database.sql`select id from usage_logs where org_id = ${orgId}`;

  test("an exhausted budget is an item of the conversation, also after a reload", async () => {
    const person = await makePerson(world().app.database, { budgetMicroVnd: 1_000n });
    await visit(world(), { person }, async ({ page, watch }) => {
      watch.allow(...refusedWith(402, door));
      await page.goto("/chat");
      expect(await ask(page, "Giải thích vì sao bầu trời có màu xanh")).toBe("refused");
      expect(await refusal({ page }).getAttribute("data-code")).toBe("budget_exhausted");
      const sentence = await refusal({ page }).innerText();
      expect(sentence).toContain("Ngân sách kỳ này");
      await expect.poll(() => page.url()).toMatch(/\/chat\/[0-9a-f-]{36}$/);
      await page.reload();
      expect(await settledAnswer(page)).toBe("refused");
      expect(await refusal({ page }).innerText()).toBe(sentence);
      expect(await spent(person.orgId)).toHaveLength(0);
      await page.getByRole("link", { name: "Xem ngân sách và chi tiêu" }).click();
      await page.waitForURL(/\/usage$/);
    });
  });

  test("an unverified person is told, gets the link again, and can then ask", async () => {
    const person = await makePerson(world().app.database, { isVerified: false });
    await visit(world(), { person }, async ({ page, app, watch }) => {
      watch.allow(...refusedWith(403, door));
      await page.goto("/chat");
      expect(await ask(page, "Chào bạn")).toBe("refused");
      expect(await refusal({ page }).getAttribute("data-code")).toBe("email_unverified");
      const address = page.url();
      await refusal({ page }).getByRole("link").click();
      await page.waitForURL(/\/verify$/);
      await page.getByRole("button", { name: "Gửi lại liên kết" }).click();
      await page.getByTestId("verification-resent").waitFor();
      await page.goto(await app.linkTo(person.email));
      await page.getByTestId("verify-done").waitFor();
      await page.goto(address);
      await refusal({ page }).getByRole("button", { name: "Hỏi lại" }).click();
      await page.getByText("2/2").waitFor();
      expect(await settledAnswer(page)).toBe("complete");
      expect(await page.getByTestId("unverified-banner").count()).toBe(0);
    });
  });

  test("a wish for a picture is told honestly and costs nothing", async () => {
    const person = await makePerson(world().app.database);
    await visit(world(), { person }, async ({ page, watch }) => {
      watch.allow(...refusedWith(403, door));
      await page.goto("/chat");
      expect(await ask(page, "vẽ cho tôi con mèo dễ thương")).toBe("refused");
      expect(await refusal({ page }).getAttribute("data-code")).toBe("feature_disabled");
      expect(await refusal({ page }).innerText()).toContain("chưa vẽ được hình");
      await refusal({ page }).getByRole("button").click();
      expect(await page.getByTestId("chat-input").inputValue()).toContain("mèo dễ thương");
      expect(await spent(person.orgId)).toHaveLength(0);
    });
  });

  test("a model picked by hand answers, and stays picked", async () => {
    const person = await makeCustomer(world().app.database);
    await visit(world(), { person }, async ({ page }) => {
      await page.goto("/chat");
      await page.getByTestId("model-picker").click();
      await page.getByRole("menuitem", { name: "Phở vừa" }).click();
      expect(await ask(page, "Chào bạn")).toBe("complete");
      const badge = lastAnswer(page).getByTestId("model-badge");
      expect(await badge.getAttribute("data-model-id")).toBe("demo/pho-vua");
      await page.reload();
      const picker = page.getByTestId("model-picker");
      await expect.poll(() => picker.getAttribute("data-model-id")).toBe("demo/pho-vua");
    });
  });
});
