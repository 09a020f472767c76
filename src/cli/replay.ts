import { parseArgs } from "node:util";
import { z } from "zod";
import { DomainError } from "@/domain/errors.ts";
import { replayDecisions } from "@/features/chat/replay-decisions.ts";
import { openDatabase } from "./open-database.ts";
import { replayTable } from "./replay-table.ts";

const USAGE = "npm run replay -- --from ISO --to ISO [--policy VERSION] [--shadow]";

const instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "is an ISO instant or day")
  .transform((text) => new Date(text));

const flags = z.strictObject({
  from: instant,
  to: instant,
  policy: z.string().min(1).optional(),
  shadow: z.boolean().default(false),
});

/**
 * `npm run replay`: decides stored turns again. Exit 1 when a decision's own policy gives another
 * result, 2 when it could not run.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: "string" },
      to: { type: "string" },
      policy: { type: "string" },
      shadow: { type: "boolean" },
    },
  });
  const { from, to, policy, shadow } = flags.parse(values);
  const { db, close } = await openDatabase();
  try {
    const report = await replayDecisions(db, {
      ...{ from, to },
      policyVersion: policy ?? null,
      isShadow: shadow,
    });
    process.stdout.write(`${replayTable(report)}\n`);
    return report.differences > 0 ? 1 : 0;
  } finally {
    await close();
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const issues = error.issues.map((issue) => `--${issue.path.join(".")} ${issue.message}`);
    return `${issues.join("; ")}\n${USAGE}`;
  }
  if (error instanceof DomainError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : "unknown failure";
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error)}\n`);
  return 2;
});
