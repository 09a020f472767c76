import { parseArgs } from "node:util";
import { ZodError } from "zod";
import { DomainError } from "@/domain/errors.ts";
import { adminVerbs } from "./admin-verbs.ts";
import { openDatabase } from "./open-database.ts";

const USAGE = `npm run admin -- <verb> [flags]; verbs: ${Object.keys(adminVerbs).join(", ")}`;

/** Every flag is text but these. */
const SWITCHES = new Set(["verified", "free", "shadow", "overwrite-hand-set"]);

function readInput(argv: readonly string[]) {
  const names = argv
    .filter((word) => word.startsWith("--"))
    .map((word) => word.slice(2).split("=")[0] ?? "");
  const options = Object.fromEntries(
    names.map((name) => [
      name,
      { type: SWITCHES.has(name) ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  return { values, words: positionals };
}

/** Flags go by their name, words without one by their place. */
function nameOfPart(part: PropertyKey): string {
  return typeof part === "number" ? `word ${part + 1}` : `--${String(part)}`;
}

/** A failure as one sentence for the person at the shell. */
function sentenceOf(error: unknown): string {
  if (error instanceof ZodError) {
    return error.issues
      .map((issue) => `${issue.path.map(nameOfPart).join(".")} ${issue.message}`)
      .join("; ");
  }
  if (error instanceof DomainError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : "unknown failure";
}

async function main(): Promise<number> {
  const [name = "", ...rest] = process.argv.slice(2);
  const verb = adminVerbs[name];
  if (verb === undefined) {
    process.stderr.write(`${name === "" ? "which verb?" : `no verb ${name}`}\n${USAGE}\n`);
    return 1;
  }
  const { db, close } = await openDatabase();
  try {
    const result = await verb(db, readInput(rest));
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    return 1;
  } finally {
    await close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error)}\n`);
  return 1;
});
