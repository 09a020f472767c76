import type { BrowserContext, ConsoleMessage, Page, Request, Response } from "playwright-core";

/** What went wrong in the pages of one browser context, one sentence each. */
export type Watch = {
  /** From now on sentences that match are no complaint: the test means them to happen. */
  readonly allow: (...patterns: readonly RegExp[]) => void;
  readonly complaints: () => readonly string[];
  /** Dialogs a page opened: script that should not have run. */
  readonly dialogs: readonly string[];
  /** Addresses outside the product that a page asked for. */
  readonly foreignRequests: readonly string[];
  readonly policyViolations: readonly string[];
};

/**
 * Readings that stop being wanted when the reader goes elsewhere or types on, and streamed answers: Chromium
 * reports about every third as aborted, whenever the page reads the end of the body before its own
 * loader does. That an answer came whole is told by its state and cost.
 */
const alwaysAllowed = [
  /^request failed: GET \S+ net::ERR_ABORTED$/,
  /^request failed: POST \S+\/api\/trpc\/costOptimization\.getOptimalModel net::ERR_ABORTED$/,
  /^request failed: POST \S+\/webapi\/chat\/\S+ net::ERR_ABORTED$/,
];

/**
 * Watches all pages of a context: console errors, uncaught errors, failed and refused requests,
 * requests to other hosts, violations of the content security policy, dialogs.
 */
export async function watchContext(context: BrowserContext, appUrl: string): Promise<Watch> {
  const seen: string[] = [];
  const allowed: RegExp[] = [...alwaysAllowed];
  const dialogs: string[] = [];
  const foreignRequests: string[] = [];
  const policyViolations: string[] = [];
  await context.exposeBinding("phoReportViolation", (_, text: string) => {
    policyViolations.push(text);
    seen.push(`policy violation: ${text}`);
  });
  await context.addInitScript(reportViolations);
  const onPage = (page: Page) => {
    page.on("pageerror", (error) => seen.push(`uncaught: ${error.message}`));
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      seen.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  };
  for (const page of context.pages()) onPage(page);
  context.on("page", onPage);
  context.on("console", (message: ConsoleMessage) => {
    const at = message.location().url;
    if (message.type() === "error") seen.push(`console error: ${message.text()} (${at})`);
  });
  context.on("request", (request: Request) => {
    const url = request.url();
    if (!/^(?:https?|wss?|ftp|file):/.test(url) || new URL(url).host === new URL(appUrl).host)
      return;
    foreignRequests.push(url);
    seen.push(`foreign request: ${url}`);
  });
  context.on("requestfailed", (request: Request) => {
    const reason = request.failure()?.errorText ?? "";
    seen.push(`request failed: ${request.method()} ${request.url()} ${reason}`);
  });
  context.on("response", (response: Response) => {
    if (response.status() < 400) return;
    const { method, url } = { method: response.request().method(), url: response.url() };
    seen.push(`refused: ${String(response.status())} ${method} ${url}`);
  });
  return {
    allow: (...patterns) => allowed.push(...patterns),
    complaints: () => seen.filter((text) => !allowed.some((pattern) => pattern.test(text))),
    ...{ dialogs, foreignRequests, policyViolations },
  };
}

/** The two sentences an answer of that status leaves: the browser's own and ours. */
export function refusedWith(status: number, path: RegExp): RegExp[] {
  return [
    new RegExp(`^refused: ${String(status)} \\w+ \\S*${path.source}`),
    new RegExp(
      `^console error: Failed to load resource: the server responded with a status of ${String(status)} .*${path.source}`,
    ),
  ];
}

/** Runs in the page, before anything of ours. */
function reportViolations(): void {
  document.addEventListener("securitypolicyviolation", (violation) => {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = violation;
    const report: unknown = Reflect.get(window, "phoReportViolation");
    const text = [effectiveDirective, blockedURI, sourceFile, String(lineNumber), sample].join(" ");
    if (typeof report === "function") Reflect.apply(report, window, [text]);
  });
}
