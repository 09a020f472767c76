import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import { z } from "zod";
import type { Person } from "../factories/people.ts";
import { watchContext, type Watch } from "./browser-watch.ts";
import type { ServedApp } from "./served-app.ts";

/** Quiet, and nobody but us to talk to: no name is looked up, no service of the vendor's asked. */
const launchArguments = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
  ...["--disable-dev-shm-usage", "--font-render-hinting=none", "--force-color-profile=srgb"],
];

type LaunchOptions = {
  /** Hosts that lead to a place of the test's, as Chromium writes them: `MAP host address:port`. */
  readonly hostRules?: readonly string[];
};

/** Chromium as it comes with the packages; `CHROMIUM_PATH` names another. */
export async function openBrowser({ hostRules = [] }: LaunchOptions = {}): Promise<Browser> {
  const rules = [...hostRules, "MAP * ~NOTFOUND", "EXCLUDE localhost", "EXCLUDE 127.0.0.1"];
  return chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? (await packagedChromium()),
    headless: true,
    chromiumSandbox: false,
    args: [...launchArguments, `--host-resolver-rules=${rules.join(", ")}`],
  });
}

/**
 * Unpacks Chromium once per version. In a folder of its own that takes its name when it is whole:
 * the package itself would take a half-written file of another run for a browser.
 */
async function packagedChromium(): Promise<string> {
  const manifest = await readFile("node_modules/@sparticuz/chromium/package.json", "utf8");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const home = join(tmpdir(), `pho-chromium-${version}-${String(process.getuid?.() ?? 0)}`);
  if (!existsSync(home)) {
    const folder = await mkdtemp(join(tmpdir(), "pho-unpack-"));
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = folder;
    try {
      const { default: packed } = await import("@sparticuz/chromium");
      await packed.executablePath();
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, "TMPDIR");
      else process.env["TMPDIR"] = before;
    }
    // Another run may have been faster.
    await rename(folder, home).catch(() => rm(folder, { recursive: true, force: true }));
  }
  // Machines without fonts of their own write with those that came along.
  if (!existsSync("/etc/fonts/fonts.conf")) process.env["FONTCONFIG_PATH"] ??= join(home, "fonts");
  return join(home, "chromium");
}

export const desktop = { width: 1280, height: 800 } as const;
export const phone = { width: 390, height: 844 } as const;

export type VisitOptions = {
  readonly person?: Pick<Person, "cookie">;
  readonly locale?: "vi" | "en";
  readonly look?: "light" | "dark";
  readonly size?: { readonly width: number; readonly height: number };
};

export type Visit = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly watch: Watch;
  readonly app: ServedApp;
};

/**
 * One person's browser window for the length of `walk`; afterwards nothing may have gone wrong in
 * it. What a failing walk last saw is kept in tests/.out/failures.
 */
export async function visit(
  { browser, app }: { readonly browser: Browser; readonly app: ServedApp },
  { person, locale = "vi", look = "light", size = desktop }: VisitOptions,
  walk: (visit: Visit) => Promise<void>,
): Promise<void> {
  const isPhone = size.width < 768;
  const context = await browser.newContext({
    ...{ baseURL: app.url, viewport: size, isMobile: isPhone, hasTouch: isPhone },
    ...{ colorScheme: look, locale: locale === "vi" ? "vi-VN" : "en-GB", reducedMotion: "reduce" },
    timezoneId: "Asia/Ho_Chi_Minh",
  });
  context.setDefaultTimeout(30_000);
  const { url } = app;
  await context.addCookies([
    { name: "locale", value: locale, url },
    { name: "look", value: look, url },
    ...(person === undefined ? [] : [cookieFrom(person.cookie, url)]),
  ]);
  const watch = await watchContext(context, url);
  const page = await context.newPage();
  try {
    await walk({ page, context, watch, app });
    expect(watch.complaints(), "what the browser complained of").toEqual([]);
  } catch (error) {
    await keepPicture(page);
    throw error;
  } finally {
    await context.close();
  }
}

function cookieFrom(pair: string, url: string) {
  const [name = "", value = ""] = pair.split("=");
  return { name, value, url, httpOnly: true, sameSite: "Lax" as const };
}

async function keepPicture(page: Page): Promise<void> {
  const name = (expect.getState().currentTestName ?? "test").replace(/[^\p{L}\p{N}]+/gu, "-");
  await mkdir("tests/.out/failures", { recursive: true });
  await page
    .screenshot({ path: `tests/.out/failures/${name.slice(0, 120)}.png` })
    .catch(() => undefined);
}

/** Nothing stands out to the side: no sideways scrolling at this width. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const root = document.scrollingElement;
    const width = window.innerWidth;
    const beyond = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > width + 1,
    );
    const names = beyond.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
    return { excessPx: (root?.scrollWidth ?? 0) - width, names };
  });
  expect(found.excessPx, `sideways overflow: ${found.names.join("\n")}`).toBeLessThanOrEqual(0);
}
