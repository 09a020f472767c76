import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Lets a payload that runs be counted, and keeps note of the page's longest stretch of work. */
export async function watchForScripts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Reflect.set(window, "phoRuns", 0);
    const count = () => Reflect.set(window, "phoRuns", Number(Reflect.get(window, "phoRuns")) + 1);
    Reflect.set(window, "phoRan", count);
    Reflect.set(window, "phoLongestTaskMs", 0);
    new PerformanceObserver((list) => {
      const known = Number(Reflect.get(window, "phoLongestTaskMs"));
      const found = list.getEntries().map(({ duration }) => duration);
      Reflect.set(window, "phoLongestTaskMs", Math.max(known, ...found));
    }).observe({ type: "longtask", buffered: true });
  });
}

export const longestTaskMs = (page: Page) =>
  page.evaluate(() => Number(Reflect.get(window, "phoLongestTaskMs")));

/** What in the answers could run, load or submit something; one sentence each. */
async function dangersIn(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const banned =
      "script,iframe,object,embed,form,input,textarea,select,link,style,meta,base,img,image,video,audio,source,use,foreignObject,animate,set,math,template";
    const found: string[] = [];
    for (const text of document.querySelectorAll(".x-markdown, [data-testid='question']")) {
      for (const element of text.querySelectorAll("*")) {
        const note = (what: string) => found.push(`${what}: ${element.outerHTML.slice(0, 160)}`);
        if (element.matches(banned)) note("element");
        for (const { name, value } of element.attributes) {
          if (name.startsWith("on")) note(name);
          if (/^(?:src|srcset|srcdoc|action|formaction|ping|poster|background|data)$/.test(name))
            note(name);
          if (name.endsWith("href") && !/^(?:https?:\/\/|mailto:|#)/i.test(value)) note(name);
          if (name === "style" && /url|expression|position:\s*fixed|@import/i.test(value))
            note(name);
        }
      }
    }
    return found;
  });
}

/** Moves over, focuses and opens what it finds, as a curious reader would; follows no link. */
async function touchEverything(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll(".x-markdown *")) {
      for (const kind of ["mouseover", "mouseenter", "focus", "toggle", "pointerdown", "load"])
        element.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  });
}

/** Nothing of a hostile text has come alive on this page. */
export async function expectHarmless(page: Page): Promise<void> {
  expect(await dangersIn(page)).toEqual([]);
  await touchEverything(page);
  expect(await page.evaluate(() => Number(Reflect.get(window, "phoRuns")))).toBe(0);
}

/** Texts in groups of at most that many characters, each text with a mark before it. */
export function marked(texts: readonly string[], charactersMax = 3_500) {
  const groups: { readonly text: string; readonly marks: readonly string[] }[] = [];
  let parts: string[] = [];
  let marks: string[] = [];
  const close = () => {
    if (parts.length > 0) groups.push({ text: parts.join("\n\n"), marks });
    [parts, marks] = [[], []];
  };
  for (const [index, text] of texts.entries()) {
    const mark = `mark${String(index).padStart(3, "0")}`;
    if (parts.join("\n\n").length + text.length > charactersMax) close();
    parts.push(`${mark}\n\n${text}`);
    marks.push(mark);
  }
  parts.push("markend");
  close();
  return groups;
}
