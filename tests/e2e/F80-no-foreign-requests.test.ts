import { createServer, type IncomingMessage } from "node:http";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { makeCustomer } from "../factories/people.ts";
import { visit } from "../support/browser.ts";
import { expectHarmless, marked, watchForScripts } from "../support/browser-audit.ts";
import { ask, lastAnswer } from "../support/browser-chat.ts";
import { useSimulatedWorld } from "../support/browser-world.ts";
import { findFreePort } from "../support/served-app.ts";
import { leakPayloads } from "./hostile-payloads.ts";

const heard: string[] = [];
const port = await findFreePort();
const eavesdropper = createServer((request: IncomingMessage, response) => {
  heard.push(request.url ?? "");
  response.end("heard");
}).listen(port, "127.0.0.1");
eavesdropper.on("connection", () => heard.push("connection"));

describe("F80: answers that want the browser to tell a foreign host", () => {
  const world = useSimulatedWorld([`MAP *.evil.example 127.0.0.1:${String(port)}`]);
  beforeEach(() => heard.splice(0));
  afterAll(() => eavesdropper.close());

  test("cause no request, not even a connection, without a click", async () => {
    const { app, simulator } = world();
    const person = await makeCustomer(app.database);
    await visit(world(), { person }, async ({ page, watch }) => {
      await watchForScripts(page);
      await page.goto("/chat");
      for (const { text, marks } of marked(leakPayloads)) {
        simulator.script({ text, tokensPerChunk: 6 });
        expect(await ask(page, "Cho xem ảnh mạng")).toBe("complete");
        await lastAnswer(page).locator(".x-markdown").waitFor();
        await expect.poll(() => lastAnswer(page).innerText()).toContain(marks.at(-1));
        await expectHarmless(page);
      }
      await page.reload();
      await page.getByText("markend").waitFor();
      await page.getByRole("link", { name: "evil.example" }).first().hover();
      await expectHarmless(page);
      expect(watch.foreignRequests).toEqual([]);
      expect(heard).toEqual([]);
    });
  });

  test("would have been heard: a click does reach the foreign host", async () => {
    const { app, simulator } = world();
    const person = await makeCustomer(app.database);
    await visit(world(), { person }, async ({ page, context, watch }) => {
      watch.allow(/www\.evil\.example/);
      simulator.script({ text: "[mở ra](http://www.evil.example/clicked)" });
      await page.goto("/chat");
      expect(await ask(page, "Cho tôi một liên kết")).toBe("complete");
      const opened = context.waitForEvent("page");
      await page.getByRole("link", { name: "mở ra" }).click();
      const foreign = await opened;
      await foreign.waitForLoadState();
      expect(heard).toContain("/clicked");
      expect(await foreign.evaluate(() => window.opener)).toBeNull();
      expect(await foreign.evaluate(() => document.referrer)).toBe("");
    });
  });
});
