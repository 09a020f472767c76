import type { Db } from "@/server/db/client.ts";

/** Flags and positional words of one call, as `parseArgs` gives them. */
export type AdminInput = {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
};

/** One word of `npm run admin`; what it returns is printed as JSON. */
export type Verb = (db: Db, input: AdminInput) => Promise<unknown>;

/** Who the audit log names for what is done at a shell. */
export const ADMIN_ACTOR = "cli";
