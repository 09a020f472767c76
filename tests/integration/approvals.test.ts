import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decideApproval, type ApprovalDecision } from "@/features/approvals/decide-approval.ts";
import { proposeChange } from "@/features/approvals/propose-change.ts";
import { withdrawProposals } from "@/features/approvals/withdraw-proposals.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const propose = (dedupeKey: string = randomUUID()) =>
  proposeChange(database.db, { kind: "exchange_rate", dedupeKey, payload: { one: 1 } });

const word = (id: string, more: Partial<ApprovalDecision> = {}): ApprovalDecision => ({
  ...{ id, kind: "exchange_rate", isApproved: true, actor: "ops", reason: "test" },
  requestId: "test",
  ...more,
});

async function stateOf(id: string) {
  const [row] = await database.sql`
    select state, decided_by, (select count(*)::int from audit_log where subject = ${`approval:${id}`}) as audited
      from approvals where id = ${id}`;
  return row;
}

describe("an approval", () => {
  it("is one row per key, however many ask at once", async () => {
    const key = randomUUID();
    const asked = await Promise.all(Array.from({ length: 8 }, () => propose(key)));
    expect(new Set(asked.map(({ approval }) => approval.id)).size).toBe(1);
    expect(asked.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it("is decided once, whoever is faster, and applied once", async () => {
    const { approval } = await propose();
    let applied = 0;
    const decided = await Promise.allSettled(
      [true, false, true, false, true, false].map((isApproved) =>
        decideApproval(database.db, word(approval.id, { isApproved }), async () => {
          applied += 1;
        }),
      ),
    );
    expect(decided.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of decided) {
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "state_conflict" });
    }
    expect(applied).toBe(1);
    expect(await stateOf(approval.id)).toMatchObject({ decided_by: "ops", audited: 1 });
  });

  it("stays as it was when it cannot be applied, and nothing of it is applied", async () => {
    const { approval } = await propose();
    const decided = decideApproval(database.db, word(approval.id), async (tx) => {
      await proposeChange(tx, { kind: "catalogue", dedupeKey: "half", payload: {} });
      throw new Error("it broke");
    });
    await expect(decided).rejects.toThrow("it broke");
    expect(await stateOf(approval.id)).toEqual({ state: "pending", decided_by: null, audited: 0 });
    const halves = await database.sql`select id from approvals where dedupe_key = 'half'`;
    expect(halves).toHaveLength(0);
  });

  it("of another kind, or of nobody, is not found and not touched", async () => {
    const { approval } = await propose();
    const none = () => Promise.resolve();
    await expect(
      decideApproval(database.db, word(approval.id, { kind: "catalogue" }), none),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(decideApproval(database.db, word(randomUUID()), none)).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await stateOf(approval.id)).toMatchObject({ state: "pending", audited: 0 });
  });

  it("that still waits is withdrawn for a newer one, and only that", async () => {
    const [old, decided, young] = [await propose(), await propose(), await propose()];
    await decideApproval(database.db, word(decided.approval.id), () => Promise.resolve());
    await withdrawProposals(database.db, {
      ...{ kind: "exchange_rate", exceptId: young.approval.id, actor: "job", requestId: "test" },
    });
    expect(await stateOf(old.approval.id)).toMatchObject({ state: "rejected", decided_by: "job" });
    expect(await stateOf(decided.approval.id)).toMatchObject({ state: "approved" });
    expect(await stateOf(young.approval.id)).toMatchObject({ state: "pending" });
  });
});
