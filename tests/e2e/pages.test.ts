import { copyFile, mkdir, stat } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { makePerson } from "../factories/people.ts";
import { desktop, expectNoOverflow, phone, visit } from "../support/browser.ts";
import { ask } from "../support/browser-chat.ts";
import { expectAccessible, keepPicture, SCREENS } from "../support/browser-look.ts";
import { useDemoWorld } from "../support/browser-world.ts";

const picture = "docs/images/chat.png";
const sizes = { 1280: desktop, 390: phone } as const;

const questions = {
  vi: "Giải thích vì sao bầu trời có màu xanh",
  en: "Explain why the sky is blue",
} as const;

const looks = (["vi", "en"] as const).flatMap((locale) =>
  ([1280, 390] as const).flatMap((width) =>
    (["light", "dark"] as const).map((look) => ({ locale, width, look })),
  ),
);

/** Waits until nothing of the page is still on its way, then looks at it from all sides. */
async function check(page: Page, name: string): Promise<void> {
  await page.locator("h1, [data-testid='chat-input']").first().waitFor();
  await page.waitForFunction(
    () => document.querySelector("[role='status'][data-variant]") === null,
  );
  await keepPicture(page, name);
  await expectNoOverflow(page);
  await expectReadableKeys(page);
  // The structure is the same in both languages.
  if (name.includes("-vi-")) await expectAccessible(page, name);
}

/** A text that is missing in a catalogue shows its key, as `chat.answer.copy`. */
async function expectReadableKeys(page: Page): Promise<void> {
  const text = await page.locator("body").innerText();
  expect(text).not.toMatch(
    /\b(?:chat|common|usage|billing|settings|auth|shell|errors|landing)\.[a-z]+\b/i,
  );
}

describe("every page in both languages, on desk and phone, in light and dark", () => {
  const world = useDemoWorld();

  test.for(looks)("$locale, $width px, $look", async ({ locale, width, look }) => {
    const setting = { locale, look, size: sizes[width] };
    const name = (page: string) => `${page}-${locale}-${String(width)}-${look}`;
    await visit(world(), setting, async ({ page }) => {
      for (const path of ["/", "/sign-in", "/sign-up", "/reset", "/verify"]) {
        await page.goto(path);
        await check(page, name(path === "/" ? "landing" : path.slice(1)));
      }
    });
    const person = await makePerson(world().app.database, { locale });
    await visit(world(), { ...setting, person }, async ({ page }) => {
      await page.goto("/chat");
      await check(page, name("chat-empty"));
      expect(await ask(page, questions[locale])).toBe("complete");
      await check(page, name("chat"));
      for (const path of [
        ...["/usage", "/billing"],
        ...["/settings/cost", "/settings/look", "/settings/profile"],
      ]) {
        await page.goto(path);
        await check(page, name(path.slice(1).replace("/", "-")));
      }
    });
  });

  test("the picture in the README is small, and made here when asked for", async () => {
    if (process.env["PHO_UPDATE_PICTURES"] === "1") {
      await mkdir("docs/images", { recursive: true });
      await copyFile(`${SCREENS}/chat-vi-1280-light.png`, picture);
    }
    expect((await stat(picture)).size).toBeLessThan(300_000);
  });
});
