import type { Page } from "playwright-core";

const strip = '[data-testid="draft-preview"]';

/** What stands under the box about the draft. */
export type ShownPreview = {
  readonly modelId: string;
  readonly costMicroVnd: bigint;
  readonly answersLeft: number;
  readonly strongerModelId: string;
  readonly text: string;
};

/** Waits until the strip speaks of exactly what stands in the box, and it would be answered. */
export async function plannedPreview(page: Page, modelId?: string): Promise<ShownPreview> {
  const wanted = modelId === undefined ? "" : `[data-model-id="${modelId}"]`;
  const shown = page.locator(`${strip}[data-kind="plan"][data-fresh="true"]${wanted}`);
  await shown.waitFor();
  const attribute = async (name: string) => (await shown.getAttribute(`data-${name}`)) ?? "";
  return {
    modelId: await attribute("model-id"),
    costMicroVnd: BigInt(await attribute("cost-micro-vnd")),
    answersLeft: Number(await attribute("answers-left")),
    strongerModelId: await attribute("stronger-model-id"),
    text: await shown.innerText(),
  };
}

/** Waits until the strip says that the draft would be refused. @returns the code. */
export async function refusedPreview(page: Page): Promise<string> {
  const shown = page.locator(`${strip}[data-kind="refused"][data-fresh="true"]`);
  await shown.waitFor();
  return (await shown.getAttribute("data-code")) ?? "";
}

/** From now on notes what kind of thing the strip says, at every change. */
export async function noteKinds(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate((selector) => {
    const kinds: string[] = [];
    Reflect.set(window, "phoPreviewKinds", kinds);
    const root = document.querySelector(selector);
    const note = () => kinds.push(root?.getAttribute("data-kind") ?? "gone");
    if (root !== null) new MutationObserver(note).observe(root, { attributes: true });
  }, strip);
  return () =>
    page.evaluate(() => {
      const kinds: unknown = Reflect.get(window, "phoPreviewKinds");
      return Array.isArray(kinds) ? kinds.map(String) : [];
    });
}
