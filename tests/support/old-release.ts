import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type postgres from "postgres";
import { z } from "zod";

const journalShape = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

/** The release before this one: its commit, and the first migration it does not have. */
export async function previousRelease(): Promise<{
  readonly commit: string;
  readonly migrationsBefore: string;
}> {
  const file = await readFile("tests/faults/previous-release.txt", "utf8");
  const commit = /^commit (\w+)$/m.exec(file)?.[1];
  const migrationsBefore = /^migrations before (\d+)$/m.exec(file)?.[1];
  if (commit === undefined || migrationsBefore === undefined) {
    throw new Error("tests/faults/previous-release.txt names no release");
  }
  return { commit, migrationsBefore };
}

export type MigrationsFolder = {
  readonly path: string;
  /** The tags of its journal, in order. */
  readonly tags: readonly string[];
  /** Adds a migration after those that are there. */
  readonly add: (tag: string, statements: readonly string[]) => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A copy of our migrations whose journal ends where `isKept` first says no. */
export async function copyMigrations(
  isKept: (tag: string) => boolean = () => true,
): Promise<MigrationsFolder> {
  const path = await mkdtemp(join(tmpdir(), "pho-migrations-"));
  await cp("migrations", path, { recursive: true });
  const journalFile = join(path, "meta/_journal.json");
  const journal = journalShape.parse(JSON.parse(await readFile(journalFile, "utf8")));
  const end = journal.entries.findIndex(({ tag }) => !isKept(tag));
  const entries = end < 0 ? journal.entries : journal.entries.slice(0, end);
  const save = () => writeFile(journalFile, JSON.stringify({ ...journal, entries }));
  await save();
  return {
    path,
    tags: entries.map(({ tag }) => tag),
    add: async (tag, statements) => {
      await writeFile(join(path, `${tag}.sql`), statements.join("\n--> statement-breakpoint\n"));
      entries.push({ idx: entries.length, version: "7", when: 4e12, tag, breakpoints: true });
      await save();
    },
    remove: () => rm(path, { recursive: true }),
  };
}

/** Everything that migrations make, as lines to compare. */
export async function schemaOf(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with ours as (select oid, nspname from pg_namespace where nspname in ('public', 'graphile_worker', 'drizzle'))
    select format('%s.%s.%s %s %s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  pg_get_expr(d.adbin, d.adrelid)) as line
      from pg_class c join ours n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relkind in ('r', 'p', 'v')
    union all
    select format('%s valid=%s', pg_get_indexdef(i.indexrelid), i.indisvalid)
      from pg_index i join pg_class c on c.oid = i.indrelid join ours n on n.oid = c.relnamespace
    union all
    select format('%s.%s %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
      from pg_constraint c join ours n on n.oid = c.connamespace
    union all
    select format('%s.%s %s', n.nspname, p.proname, md5(pg_get_functiondef(p.oid)))
      from pg_proc p join ours n on n.oid = p.pronamespace where p.prokind = 'f'
    union all
    select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
      join ours n on n.oid = c.relnamespace where not t.tgisinternal
    union all
    select format('applied %s', hash) from drizzle.__drizzle_migrations
    union all
    select format('queue applied %s', id) from graphile_worker.migrations`;
  return rows.map((row) => row.line).sort();
}
