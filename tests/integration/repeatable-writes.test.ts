import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { appRouter } from "@/api/root.ts";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { db } from "@/server/db/client.ts";
import { once } from "@/server/db/once.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

const post = (person: Person, path: string, input: unknown) =>
  trpc(person, path, { method: "POST", input });

const procedures = z.record(
  z.string(),
  z.custom<{ readonly _def: { readonly type: string } }>(
    (value) => typeof value === "function" && "_def" in value,
  ),
);

/** Every procedure that writes; a new one must find its place here. */
const writes = [
  "billing.cancelOrder",
  "billing.openCheckout",
  "billing.openOrder",
  "billing.setCancelled",
  "chat.deleteConversation",
  "chat.renameConversation",
  "costOptimization.updateCostSettings",
  "finance.attachPayment",
  "finance.changePlan",
  "finance.creditPayment",
  "finance.dismissPayment",
  "finance.markForRefund",
  "finance.undoDecision",
  "orgs.updateProfile",
];

describe("a write that is sent again because its answer was lost", () => {
  it("covers every procedure that writes", async () => {
    const mutations = Object.entries(procedures.parse(appRouter._def.procedures)).flatMap(
      ([path, procedure]) => (procedure._def.type === "mutation" ? [path] : []),
    );
    expect(mutations.toSorted()).toEqual(writes);
  });

  it.each([
    [
      "costOptimization.updateCostSettings",
      { monthlyBudgetMicroVnd: "5", blockedModels: ["a/b"], budgetAlertThresholds: [90, 50] },
    ],
    ["orgs.updateProfile", { name: "Lan", locale: "en" }],
  ])("%s gives the same answer and the same row", async (path, input) => {
    const person = await makePerson(app.database);
    const rows = () => app.database.sql`
      select u.name, u.locale, to_jsonb(s) - 'updated_at' as settings from users u
        left join user_cost_settings s on s.user_id = u.id where u.id = ${person.userId}`;
    const first = await post(person, path, input);
    const kept = await rows();
    const again = await Promise.all([post(person, path, input), post(person, path, input)]);
    expect(first.status).toBe(200);
    for (const answer of again) expect(answer.data).toEqual(first.data);
    expect(await rows()).toEqual(kept);
  });

  it("a conversation renamed twice has its title, deleted twice is gone once", async () => {
    const person = await makePerson(app.database);
    const { conversationId } = await readAnswer(await chat(person, { text: "Hi" }));
    const { conversationId: other } = await readAnswer(await chat(person, { text: "Ho" }));
    const rename = () =>
      post(person, "chat.renameConversation", { conversationId, title: "Chuyện phở" });
    const renamed = await Promise.all([rename(), rename()]);
    for (const { data } of [...renamed, await rename()]) {
      expect(data).toMatchObject({ title: "Chuyện phở" });
    }
    const remove = () => post(person, "chat.deleteConversation", { conversationId });
    const removed = [...(await Promise.all([remove(), remove()])), await remove()];
    expect(removed.map(({ status }) => status)).toEqual([200, 200, 200]);
    const stranger = await makePerson(app.database);
    const foreign = { conversationId: other };
    expect((await post(stranger, "chat.deleteConversation", { conversationId })).status).toBe(404);
    expect((await post(stranger, "chat.deleteConversation", foreign)).status).toBe(404);
    const left = await app.database.sql`
      select id from conversations where org_id = ${person.orgId}`;
    expect(left.map((row) => row["id"])).toEqual([other]);
  });
});

const verb = async (name: string, values: Record<string, string | boolean>): Promise<unknown> =>
  adminVerbs[name]?.(db(), { values, words: [] });

describe("a verb of an operator under the same --key", () => {
  it("makes one person with one plan and one budget, whoever repeats it", async () => {
    const flags = {
      ...{ email: "once@pho.example", password: "mật khẩu rất dài", plan: "starter" },
      ...{ "budget-vnd": "1234", verified: true, key: "create-1" },
    };
    const all = await Promise.all([verb("create-user", flags), verb("create-user", flags)]);
    const again = await verb("create-user", { ...flags, password: "một mật khẩu khác" });
    expect(new Set([...all, again].map((one) => JSON.stringify(one))).size).toBe(1);
    await expect(verb("create-user", { ...flags, role: "admin" })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
    await expect(verb("create-user", { ...flags, key: "create-2" })).rejects.toMatchObject({
      code: "state_conflict",
    });
    const [row] = await app.database.sql`
      select (select count(*)::int from users where email = ${flags.email}) as people,
             (select count(*)::int from subscriptions s join org_members m using (org_id)
                join users u on u.id = m.user_id where u.email = ${flags.email}) as subscriptions`;
    expect(row).toEqual({ people: 1, subscriptions: 1 });
  });

  it("leaves no person behind when the plan of the same word does not exist", async () => {
    const flags = { email: "half@pho.example", password: "mật khẩu rất dài", plan: "no-such" };
    await expect(verb("create-user", flags)).rejects.toMatchObject({ code: "not_found" });
    expect(await app.database.sql`select 1 from users where email = ${flags.email}`).toHaveLength(
      0,
    );
  });

  it.each([
    ["set-budget", { vnd: "7000" }, { vnd: "7001" }],
    ["start-subscription", { plan: "premium" }, { plan: "starter" }],
    ["set-member-cap", { vnd: "900" }, { vnd: "none" }],
    [
      "override-budget",
      { vnd: "8000", until: "2030-01-01T00:00:00Z", reason: "quà" },
      { vnd: "8000", until: "2030-01-02T00:00:00Z", reason: "quà" },
    ],
  ])("%s is done once, and another body is a conflict", async (name, body, otherBody) => {
    const { email } = await makePerson(app.database);
    const first = await verb(name, { email, ...body, key: "again" });
    const audited = () => app.database.sql`select count(*)::int as count from audit_log`;
    const before = await audited();
    const repeats = [
      await verb(name, { email, ...body, key: "again" }),
      await verb(name, { email, ...body, key: "again" }),
    ];
    expect(repeats.map((one) => JSON.stringify(one))).toEqual(
      Array.from({ length: 2 }, () => JSON.stringify(first)),
    );
    expect(await audited()).toEqual(before);
    await expect(verb(name, { email, ...otherBody, key: "again" })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
    // The key is the organisation's own: another one's is another word.
    const stranger = await makePerson(app.database);
    await verb(name, { email: stranger.email, ...otherBody, key: "again" });
  });
});

describe("once", () => {
  const operation = { scope: "test", key: "k", body: { b: 1n, a: new Date(0) } };

  it("keeps nothing of work that failed, and lets the key be used again", async () => {
    const work = () => Promise.reject(new Error("broken"));
    const failing = app.database.db.transaction((tx) => once({ db: tx }, operation, work));
    await expect(failing).rejects.toThrow("broken");
    const done = await app.database.db.transaction((tx) =>
      once({ db: tx }, operation, () => Promise.resolve({ z: 1, a: [null, "x"] })),
    );
    expect(done).toEqual({ z: 1, a: [null, "x"] });
  });

  it("takes a body for the same whatever the order of its parts", async () => {
    let isDone = false;
    const body = { a: new Date(0), b: 1n, c: undefined };
    const again = await app.database.db.transaction((tx) =>
      once<{ z: number; a: (string | null)[] }>({ db: tx }, { ...operation, body }, () => {
        isDone = true;
        return Promise.resolve({ z: 2, a: [] });
      }),
    );
    expect([again, isDone]).toEqual([{ z: 1, a: [null, "x"] }, false]);
  });
});
