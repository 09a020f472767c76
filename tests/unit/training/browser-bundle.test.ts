import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./training-fixture.ts";

const source = path.join(root, "src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => path.join(source, file));

const isWeights = (file: string) => /server\/complexity-(model|weights)\b/.test(file);

/** Own files a file names in an import or export that is more than types. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  const named = text.matchAll(
    /(?:^|[;\n])\s*(?:import|export)\s(?!type\b)[^;"']*?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g,
  );
  const sideEffects = text.matchAll(/(?:^|[;\n])\s*import\s+["']([^"']+)["']/g);
  return [...named, ...sideEffects].flatMap(([, one, other]) => {
    const target = one ?? other ?? "";
    if (target.startsWith("@/")) return [path.join(source, target.slice(2))];
    if (target.startsWith("@drizzle/")) return [path.join(root, target.slice(1))];
    return target.startsWith(".") ? [path.resolve(path.dirname(file), target)] : [];
  });
}

/** Everything the browser gets with these files. */
function bundleOf(entries: readonly string[]): ReadonlySet<string> {
  const met = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (met.has(file)) continue;
    met.add(file);
    if (/\.tsx?$/.test(file) && existsSync(file)) waiting.push(...importsOf(file));
  }
  return met;
}

describe("the weights", () => {
  it("are imported by no screen, page or component", () => {
    const seen = files.filter((file) =>
      /^(app|components|features\/[^/]+\/ui)\//.test(path.relative(source, file)),
    );
    expect(seen.length).toBeGreaterThan(50);
    const offending = seen.filter((file) => importsOf(file).some(isWeights));
    expect(offending).toEqual([]);
  });

  it("are in nothing the browser gets, by no road of imports", () => {
    const entries = files.filter((file) =>
      /^\s*["']use client["']/.test(readFileSync(file, "utf8")),
    );
    expect(entries.length).toBeGreaterThan(20);
    const bundle = [...bundleOf(entries)];
    expect(bundle.length).toBeGreaterThan(entries.length);
    expect(bundle.filter(isWeights)).toEqual([]);
  });

  it("would be found: the road from the command line to them is", () => {
    const bundle = [...bundleOf([path.join(source, "cli/score.ts")])];
    expect(
      bundle
        .filter(isWeights)
        .map((file) => path.basename(file))
        .sort(),
    ).toEqual(["complexity-model.ts", "complexity-weights.json"]);
  });
});
