import { readFileSync } from "node:fs";
import path from "node:path";

/** Leaves of a message catalogue: dotted key → text. */
export type Catalogue = ReadonlyMap<string, string>;

/** @throws Error when a leaf is no text. */
export function flatten(value: unknown, prefix = ""): Catalogue {
  if (typeof value === "string") return new Map([[prefix, value]]);
  if (typeof value !== "object" || value === null) throw new Error(`${prefix} is not a text`);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...flatten(inner, prefix === "" ? key : `${prefix}.${key}`),
    ]),
  );
}

export function readCatalogue(root: string, locale: string): Catalogue {
  const parsed: unknown = JSON.parse(
    readFileSync(path.join(root, `src/messages/${locale}.json`), "utf8"),
  );
  return flatten(parsed);
}

/** Where the brace opened at `start` closes; the text's end when it never does. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === "{") depth += 1;
    if (text[index] === "}") depth -= 1;
    if (depth === 0) return index;
  }
  return text.length;
}

/**
 * Names an ICU message takes: arguments, also those inside plural and select branches, and
 * rich-text tags (`<link>`). Branch texts are read as messages; formats (`number`, `date`) are not
 * compared, languages may differ there.
 */
export function placeholdersOf(message: string): ReadonlySet<string> {
  const text = message.replaceAll(/'[{}<>][^']*'/g, "");
  const names = new Set([...text.matchAll(/<([a-zA-Z]+)>/g)].map(([, tag]) => `<${tag ?? ""}>`));
  let index = text.indexOf("{");
  while (index !== -1) {
    const end = closingBrace(text, index);
    const inside = text.slice(index + 1, end);
    const [name = "", format = "", ...branches] = inside.split(",");
    names.add(name.trim());
    if (/plural|select/.test(format)) addBranches(names, branches.join(","));
    index = text.indexOf("{", end);
  }
  return names;
}

function addBranches(names: Set<string>, branches: string): void {
  let index = branches.indexOf("{");
  while (index !== -1) {
    const end = closingBrace(branches, index);
    for (const name of placeholdersOf(branches.slice(index + 1, end))) names.add(name);
    index = branches.indexOf("{", end);
  }
}

/** Both catalogues have the same keys, the same placeholders under each, and no empty text. */
export function catalogueOffences(first: Catalogue, second: Catalogue): readonly string[] {
  const keys = new Set([...first.keys(), ...second.keys()]);
  return [...keys].flatMap((key) => {
    const left = first.get(key);
    const right = second.get(key);
    if (left === undefined || right === undefined) return [`${key}: stands in one catalogue only`];
    if (left.trim() === "" || right.trim() === "") return [`${key}: empty`];
    const names = [placeholdersOf(left), placeholdersOf(right)].map((set) =>
      [...set].sort().join(" "),
    );
    return names[0] === names[1] ? [] : [`${key}: placeholders differ (${names.join(" / ")})`];
  });
}
