import { describe, expect, test } from "vitest";
import { makeCustomer } from "../factories/people.ts";
import { visit } from "../support/browser.ts";
import {
  expectHarmless,
  longestTaskMs,
  marked,
  watchForScripts,
} from "../support/browser-audit.ts";
import { ask, lastAnswer } from "../support/browser-chat.ts";
import { useSimulatedWorld } from "../support/browser-world.ts";
import { formulaBombs } from "./hostile-payloads.ts";

/** A bomb without bounds takes minutes; a busy machine stretches what is bounded. */
const blockedMsMax = 5_000;

describe("F79: formulas that want to run or never end", () => {
  const world = useSimulatedWorld();

  test("are bounded in time and size, gain no trust, and leave the rest readable", async () => {
    const { app, simulator } = world();
    const person = await makeCustomer(app.database);
    await visit(world(), { person }, async ({ page, watch }) => {
      await watchForScripts(page);
      await page.goto("/chat");
      for (const { text, marks } of marked(formulaBombs)) {
        simulator.script({ text, tokensPerChunk: 200 });
        expect(await ask(page, "Viết công thức đi")).toBe("complete");
        const answer = lastAnswer(page);
        await answer.locator(".x-markdown").waitFor();
        await expect.poll(() => answer.innerText()).toContain(marks.at(-1));
        const shown = await answer.innerText();
        expect(marks.filter((mark) => !shown.includes(mark))).toEqual([]);
        await expectHarmless(page);
        const { width, height } = await answer.evaluate((element) => ({
          width: element.scrollWidth,
          height: element.scrollHeight,
        }));
        expect(width).toBeLessThan(1_280);
        expect(height).toBeLessThan(30_000);
      }
      expect(await page.locator(".x-markdown .evil, .x-markdown #root").count()).toBe(0);
      expect(await page.locator(".x-markdown [data-foo]").count()).toBe(0);
      expect(await longestTaskMs(page)).toBeLessThan(blockedMsMax);

      simulator.script({ text: "Còn công thức lành: $E = mc^2$" });
      expect(await ask(page, "Một công thức nữa")).toBe("complete");
      await lastAnswer(page).locator(".katex").waitFor();
      expect(watch.foreignRequests).toEqual([]);
    });
  });
});
