import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adjustUsage } from "@/features/budgets/adjust-usage.ts";
import { overrideBudget } from "@/features/budgets/override-budget.ts";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { setMemberCap } from "@/features/orgs/set-member-cap.ts";
import type { Ctx } from "@/server/ctx.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";

let app: AppUnderTest;
let person: Person;
let ctx: Ctx;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

let log: { readonly id: string; readonly cost: bigint };

beforeEach(async () => {
  const { database } = app;
  person = await makeCustomer(database);
  ctx = await findOwner(database.db, { email: person.email, requestId: "test" });
  await readAnswer(await chat(person, { model: "openai/gpt-5.4" }));
  const [row] = await database.sql`
    select id, cost_micro_vnd as cost from usage_logs where org_id = ${person.orgId}`;
  log = { id: String(row?.["id"]), cost: BigInt(String(row?.["cost"])) };
});

const audited = async (action: string) => {
  const rows = await app.database.sql`
    select actor, reason from audit_log where action = ${action}
       and subject = ${`org:${person.orgId}`} order by actor, created_at`;
  return rows.map((row) => `${String(row["actor"])}: ${String(row["reason"])}`);
};

/** Every action pressed `times` times by each of two admins, under one key of each. */
function together<T>(act: (admin: string) => Promise<T>, times = 4): Promise<T[]> {
  const admins = Array.from({ length: times }, () => ["admin-1", "admin-2"]).flat();
  return Promise.all(admins.map((admin) => act(admin)));
}

describe("F07 a correction pressed twice, by two admins at once", () => {
  const adjust = (admin: string, costMicroVnd: bigint) =>
    adjustUsage(app.database.db, {
      ...{ usageLogId: log.id, costMicroVnd, note: `by ${admin}`, actor: admin },
      ...{ key: `adjust-${admin}`, requestId: "test" },
    });

  it("is booked once per key, and both stand in the audit log", async () => {
    const answers = await together((admin) => adjust(admin, -3n));
    expect(new Set(answers.map((answer) => answer.adjustmentId)).size).toBe(2);
    const [row] = await app.database.sql`
      select p.used_micro_vnd as used, count(l.id)::int as corrections, sum(l.cost_micro_vnd)::int as corrected
        from budget_periods p join usage_logs l on l.period_id = p.id and l.kind = 'adjustment'
       where p.org_id = ${person.orgId} group by p.id`;
    expect(row).toEqual({ used: (log.cost - 6n).toString(), corrections: 2, corrected: -6 });
    expect(await audited("usage.adjust")).toEqual(["admin-1: by admin-1", "admin-2: by admin-2"]);
    await expect(adjust("admin-1", -4n)).rejects.toMatchObject({ code: "idempotency_conflict" });
  });

  it("never gives back together more than the call has cost", async () => {
    const outcomes = await Promise.allSettled(
      ["admin-1", "admin-2", "admin-3"].map((admin) => adjust(admin, -log.cost)),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual([
      ...["fulfilled", "rejected", "rejected"],
    ]);
    const [row] = await app.database.sql`
      select used_micro_vnd as used from budget_periods where org_id = ${person.orgId}`;
    expect(row).toEqual({ used: "0" });
    expect(await audited("usage.adjust")).toHaveLength(1);
    // A refused key is free again: what was refused for a state of its time may be asked anew.
    expect((await adjust("admin-4", 5n)).totalMicroVnd).toBe("5");
  });
});

describe("F07 a limit set twice, by two admins at once", () => {
  const amounts: Readonly<Record<string, bigint>> = {
    "admin-1": 7_000_000_000n,
    "admin-2": 9_000_000_000n,
  };
  const changes = () => app.database.sql`
    select c.old_limit_micro_vnd as old, c.new_limit_micro_vnd as new from limit_changes c
      join budget_periods p on p.id = c.period_id where p.org_id = ${person.orgId} and c.actor like 'admin%'`;
  const newest = async () => {
    const [row] = await app.database.sql`
      select amount_micro_vnd as amount,
             (select limit_micro_vnd from budget_periods where org_id = ${person.orgId}) as limit
        from budget_overrides where org_id = ${person.orgId} order by created_at desc limit 1`;
    return row;
  };

  it.each([
    [
      "budget.set",
      (admin: string) =>
        setBudget(ctx, {
          ...{ amountMicroVnd: amounts[admin] ?? 0n, key: `set-${admin}` },
          ...{ actor: admin, reason: "reset" },
        }),
    ],
    [
      "budget.override",
      (admin: string) =>
        overrideBudget(ctx, {
          ...{ amountMicroVnd: amounts[admin] ?? 0n, key: `override-${admin}` },
          ...{ actor: admin, reason: "reset", expiresAt: new Date(ctx.now.getTime() + 3_600_000) },
        }),
    ],
  ] as const)("%s changes it once per key, and the last one holds", async (action, act) => {
    await together<unknown>(act);
    const [first, second, ...more] = await changes();
    expect(more).toEqual([]);
    const links = [first?.["new"] === second?.["old"], second?.["new"] === first?.["old"]];
    expect(links).toContain(true);
    expect(await audited(action)).toEqual([
      ...(action === "budget.set" ? ["admin-1: reset", "admin-2: reset", "factory: test"] : []),
      ...(action === "budget.override" ? ["admin-1: reset", "admin-2: reset"] : []),
    ]);
    // The newest override is the one whose amount the period got last.
    const row = await newest();
    expect(row?.["amount"]).toBe(row?.["limit"]);
  });

  it("member.cap changes it once per key", async () => {
    const answers = await together((admin) =>
      setMemberCap(ctx, {
        ...{ userId: person.userId, capMicroVnd: amounts[admin] ?? 0n, reason: "cap" },
        ...{ actor: admin, key: `cap-${admin}` },
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(2);
    expect(await audited("member.cap")).toEqual(["admin-1: cap", "admin-2: cap"]);
  });
});
