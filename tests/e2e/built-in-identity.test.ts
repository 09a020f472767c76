import { describe, expect, test } from "vitest";
import { makePerson } from "../factories/people.ts";
import { visit } from "../support/browser.ts";
import { useDemoWorld } from "../support/browser-world.ts";

/** What only Clerk's own code says. */
const clerkCode = /clerk\.browser|ClerkProvider|@clerk\/|clerk-js|__clerk_/;

describe("the built-in identity", () => {
  const world = useDemoWorld();

  test("ships no code of Clerk's to the browser", async () => {
    const person = await makePerson(world().app.database);
    for (const path of ["/", "/sign-in", "/sign-up", "/verify", "/chat", "/usage", "/settings"]) {
      const isOpen = path === "/" || path.startsWith("/sign");
      await visit(world(), isOpen ? {} : { person }, async ({ page }) => {
        const scripts = new Map<string, Promise<string>>();
        page.on("response", (response) => {
          if (response.request().resourceType() === "script")
            scripts.set(response.url(), response.text());
        });
        await page.goto(path);
        await page.waitForLoadState("networkidle");
        expect(scripts.size).toBeGreaterThan(3);
        for (const [url, text] of scripts) {
          expect(clerkCode.exec(await text)?.[0], `${path} loads ${url}`).toBeUndefined();
        }
        expect(await page.content()).not.toMatch(clerkCode);
      });
    }
  });

  test("signs in by the form, leads back to the page asked for, and signs out", async () => {
    const { app } = world();
    const email = "minh@pho.example";
    const password = "một mật khẩu đủ dài";
    await visit(world(), {}, async ({ page, watch }) => {
      await page.goto("/sign-up");
      await page.getByLabel("Tên hiển thị").fill("Minh");
      await page.getByLabel("Email").fill(email);
      await page.getByLabel("Mật khẩu").fill(password);
      await page.getByRole("button", { name: "Tạo tài khoản" }).click();
      await page.waitForURL(/\/chat$/);
      // Its figures come after the page is alive; a click before that opens nothing.
      await page.getByTestId("budget-bar").first().waitFor();
      await page.getByTestId("account").click();
      await page.getByTestId("sign-out").click();
      await page.waitForURL(/\/sign-in$/);

      await page.goto("/usage?month=2026-01");
      await page.waitForURL(/\/sign-in\?next=/);
      await page.getByLabel("Email").fill(email);
      await page.getByLabel("Mật khẩu").fill("không phải mật khẩu");
      watch.allow(/401.*\/api\/auth\/sign-in/, /\/api\/auth\/sign-in.*401/);
      await page.getByRole("button", { name: "Đăng nhập" }).click();
      await page.getByTestId("auth-error").waitFor();
      await page.getByLabel("Mật khẩu").fill(password);
      await page.getByRole("button", { name: "Đăng nhập" }).click();
      await page.waitForURL(`${app.url}/usage?month=2026-01`);
    });
  });
});
