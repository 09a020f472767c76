import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUser } from "@/features/orgs/create-user.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { bookAdjustment } from "@/features/ledger/book-adjustment.ts";
import { checkInvariants } from "@/features/ledger/check-invariants.ts";
import { EVER, invariants, LATELY } from "@/features/ledger/invariants.ts";
import { watchInvariants } from "@/features/ledger/watch-invariants.ts";
import { withTransaction } from "@/server/db/with-transaction.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";
import { plantedErrors } from "../support/planted-errors.ts";
import { runScript } from "../support/run-script.ts";

let app: AppUnderTest;
let paying: Person;
let free: Person;

beforeAll(async () => {
  app = await startApp();
  [paying, free] = await Promise.all([makeCustomer(app.database), makePerson(app.database)]);
  for (const person of [paying, paying, free]) await readAnswer(await chat(person, {}));
  const cached = { input: 9, cached: 640, output: 30 };
  await readAnswer(await chat(paying, { text: ask(cached), model: "openai/gpt-5.4-mini" }));
  await createUser(app.database.db, {
    ...{ email: "ops@pho.example", password: "mật khẩu rất dài", name: "Ops", role: "ops" },
    ...{ isVerified: true, actor: "test", requestId: "test" },
  });
  await correctOneLog();
});

/** A charge that came late, so that corrections are among the rows. */
async function correctOneLog(): Promise<void> {
  const { db, sql } = app.database;
  const ctx = await findOwner(db, { email: paying.email, requestId: "test" });
  const [log] = await sql`select id from usage_logs where user_id = ${paying.userId} limit 1`;
  const booked = await withTransaction(ctx, (tx) =>
    bookAdjustment(tx, {
      ...{ usageLogId: String(log?.["id"]), costMicroVnd: 1_234n },
      ...{ reason: "late_usage", metadata: {} },
    }),
  );
  expect(booked).not.toBeNull();
}

afterAll(async () => {
  await app.stop();
});

/** The ids that fire after `statements`, which are undone. */
async function firing(statements: readonly string[], since = EVER): Promise<string[]> {
  const found: string[] = [];
  const undone = new Error("undone");
  await app.database.sql
    .begin(async (tx) => {
      await tx.unsafe("set local session_replication_role = replica");
      for (const statement of statements) {
        const { count } = await tx.unsafe(filledIn(statement));
        if (count === 0 && !statement.startsWith("do "))
          throw new Error(`nothing was planted: ${statement}`);
      }
      for (const { id, sql } of invariants) {
        if ((await tx.unsafe(`select * from (${sql(since)}) v limit 1`)).length > 0) found.push(id);
      }
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  return found;
}

function filledIn(statement: string): string {
  return statement
    .replaceAll("$PAYING", `'${paying.userId}'`)
    .replaceAll("$FREE", `'${free.userId}'`)
    .replaceAll("$ORG_PAYING", `'${paying.orgId}'`)
    .replaceAll("$ORG_FREE", `'${free.orgId}'`)
    .replaceAll(
      "$LOG",
      `(select id from usage_logs where user_id = '${paying.userId}' and kind = 'usage'
        and cached_input_tokens > 0 limit 1)`,
    );
}

describe("the invariants", () => {
  it("hold on what the product wrote", async () => {
    expect(await checkInvariants(app.database.db)).toEqual([]);
  });

  it.each(plantedErrors)("$id sees $what", async ({ id, isAlone, plant }) => {
    const found = await firing(plant);
    expect(found).toContain(id);
    if (isAlone) expect(found).toEqual([id]);
    expect(await firing(plant, LATELY)).toEqual(found);
  });

  it("have each an error planted against them", () => {
    const seen = new Set(plantedErrors.map(({ id }) => id));
    expect(invariants.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });
});

describe("a violation", () => {
  const skew = (by: number) => app.database.sql`
    update org_members set used_micro_vnd = used_micro_vnd + ${by} where user_id = ${paying.userId}`;
  const alerts = () => app.database.sql`
    select resolved_at, occurrences from ops_alerts where dedupe_key = 'invariant_violated:1-member'`;

  it("is told once, counted while it lasts, and taken back when the books balance again", async () => {
    const { db, sql } = app.database;
    await skew(5);
    expect(await watchInvariants(db)).toEqual({ violated: 1 });
    await watchInvariants(db);
    expect(await alerts()).toEqual([{ resolved_at: null, occurrences: 2 }]);
    expect(await sql`select kind from outbox`).toEqual([{ kind: "ops_alert" }]);
    await skew(-5);
    expect(await watchInvariants(db)).toEqual({ violated: 0 });
    expect(await alerts()).toMatchObject([{ resolved_at: expect.any(Date) }]);
    await skew(5);
    await watchInvariants(db);
    expect(await sql`select 1 from outbox`).toHaveLength(2);
    await skew(-5);
  });

  it("ends audit:ledger with 1 and the rows, clean books with 0", async () => {
    const clean = await runScript("src/cli/audit-ledger.ts", []);
    expect(clean).toMatchObject({ exitCode: 0, errors: "" });
    expect(clean.output).toContain("ok       1-member");
    await skew(5);
    const broken = await runScript("src/cli/audit-ledger.ts", []);
    await skew(-5);
    expect(broken).toMatchObject({ exitCode: 1, errors: "" });
    expect(broken.output).toContain("VIOLATED 1-member");
    expect(broken.output).toContain(paying.userId);
    expect(broken.output).toContain("1 of");
  });
});
