import { describe, expect, test } from "vitest";
import { makeCustomer } from "../factories/people.ts";
import { visit } from "../support/browser.ts";
import { expectHarmless, marked, watchForScripts } from "../support/browser-audit.ts";
import { ask, lastAnswer } from "../support/browser-chat.ts";
import { useSimulatedWorld } from "../support/browser-world.ts";
import { scriptPayloads } from "./hostile-payloads.ts";

const hostileName = `"><img src=x onerror=phoRan()>`;

describe("F78: script in what people and models write", () => {
  const world = useSimulatedWorld();

  test("no payload in an answer runs, asks or submits, while streaming and after a reload", async () => {
    expect(scriptPayloads.length).toBeGreaterThanOrEqual(150);
    const { app, simulator } = world();
    const person = await makeCustomer(app.database);
    await visit(world(), { person }, async ({ page, watch }) => {
      await watchForScripts(page);
      await page.goto("/chat");
      for (const { text, marks } of marked(scriptPayloads)) {
        simulator.script({ text, tokensPerChunk: 24 });
        expect(await ask(page, "Viết gì đi")).toBe("complete");
        const answer = lastAnswer(page);
        await answer.locator(".x-markdown").waitFor();
        await expect.poll(() => answer.innerText()).toContain(marks.at(-1));
        const shown = await answer.innerText();
        expect(marks.filter((mark) => !shown.includes(mark))).toEqual([]);
        await expectHarmless(page);
      }
      await page.reload();
      await page.getByText("markend").waitFor();
      await expectHarmless(page);
      expect(watch.dialogs).toEqual([]);
      expect(watch.policyViolations).toEqual([]);
      expect(watch.foreignRequests).toEqual([]);
    });
  });

  test("names, titles and questions are text", async () => {
    const { app, simulator } = world();
    const person = await makeCustomer(app.database);
    await app.database.sql`update users set name = ${hostileName} where id = ${person.userId}`;
    await visit(world(), { person }, async ({ page, watch }) => {
      await watchForScripts(page);
      simulator.script({ text: "Vâng." });
      await page.goto("/chat");
      expect(await ask(page, `${hostileName}<svg onload=phoRan()>{{phoRan()}}`)).toBe("complete");
      await expect
        .poll(() => page.getByTestId("conversation-item").first().innerText())
        .toContain("<img");
      await page.getByTestId("account").click();
      await page.getByText(hostileName).last().waitFor();
      await expectHarmless(page);
      for (const path of ["/", "/usage", "/settings/profile"]) {
        await page.goto(path);
        await page.locator("h1").first().waitFor();
        await expectHarmless(page);
      }
      expect(await page.getByLabel("Tên hiển thị").inputValue()).toBe(hostileName);
      expect(watch.dialogs).toEqual([]);
    });
  });
});
