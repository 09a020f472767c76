import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { creditPayment } from "@/features/payments/credit-payment.ts";
import { listInbox } from "@/features/payments/list-inbox.ts";
import { inboxView, listInboxInput, type InboxView } from "@/features/payments/schema.ts";
import { undoDecision } from "@/features/payments/undo-decision.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { because, makeStaff, receive, staffCtx } from "../support/finance.ts";
import { askFor, micro } from "../support/paying.ts";
import { sepayTestSettings } from "../support/sepay.ts";

let app: AppUnderTest;
let finance: Person;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
  finance = await makeStaff(app.database);
});

afterAll(() => app.stop());

const list = async (filter: Parameters<typeof listInboxInput.parse>[0] = {}): Promise<InboxView> =>
  inboxView.parse(
    await listInbox(await staffCtx(app.database, finance), listInboxInput.parse(filter)),
  );

const idsOf = (view: InboxView) => view.payments.map(({ paymentId }) => paymentId);

describe("the inbox of finance", () => {
  it("has what waits with its reason, order, customer and decisions, and what waits in all", async () => {
    const before = await list();
    const person = await makePerson(app.database);
    const order = await askFor(app.database, person, { kind: "top_up", amountVnd: 100_000 });
    const part = await receive(app.database, { amount: 30_000, code: order.code });
    const nameless = await receive(app.database, { amount: 50_000, content: "100% tien com_trua" });
    await receive(app.database, { amount: 10_000, direction: "out" });
    const view = await list();
    expect(view.openCount).toBe(before.openCount + 2);
    const added = BigInt(view.openMicroVnd) - BigInt(before.openMicroVnd);
    expect(added).toBe(80_000_000_000n);
    expect(view.payments.find(({ paymentId }) => paymentId === part)).toMatchObject({
      ...{ state: "unmatched", reason: "short", amountMicroVnd: micro(30_000), verifiedBy: "hmac" },
      order: {
        ...{ orderId: order.orderId, code: order.code, state: "partially_paid" },
        ...{ priceMicroVnd: micro(100_000), paidMicroVnd: micro(30_000) },
      },
      customer: { orgId: person.orgId, email: person.email, name: "Minh" },
      decisions: [],
    });
    expect(view.payments.find(({ paymentId }) => paymentId === nameless)).toMatchObject({
      ...{ reason: "no_code", order: null, customer: null, isOnBankList: false },
    });
  });

  it("is searched by text, code and e-mail as they are, and filtered by reason", async () => {
    const person = await makePerson(app.database);
    const order = await askFor(app.database, person, { kind: "top_up", amountVnd: 100_000 });
    const part = await receive(app.database, { amount: 20_000, code: order.code });
    const mark = randomUUID();
    const odd = await receive(app.database, { content: `100% cua_ai ${mark}` });
    expect(idsOf(await list({ search: order.code.toLowerCase() }))).toEqual([part]);
    expect(idsOf(await list({ search: person.email }))).toEqual([part]);
    expect(idsOf(await list({ search: `100% CUA_AI ${mark}` }))).toEqual([odd]);
    expect(idsOf(await list({ search: `100_ cua%ai ${mark}` }))).toEqual([]);
    expect(idsOf(await list({ reason: "short", search: person.email }))).toEqual([part]);
    expect(idsOf(await list({ reason: "late", search: person.email }))).toEqual([]);
  });

  it("moves what is decided aside, with who and why, and back when it is undone", async () => {
    const person = await makePerson(app.database);
    const mark = randomUUID();
    const paymentId = await receive(app.database, { amount: 50_000, content: mark });
    const found = (show: "open" | "decided" | "all") => list({ show, search: mark });
    expect(idsOf(await found("decided"))).toEqual([]);
    const staff = await staffCtx(app.database, finance);
    const word = because("khách gọi điện");
    const { decisionId } = await creditPayment(staff, { paymentId, email: person.email, ...word });
    expect(idsOf(await found("open"))).toEqual([]);
    const [decided] = (await found("decided")).payments;
    expect(decided).toMatchObject({
      ...{ state: "applied", reason: "no_code", customer: { email: person.email } },
      decisions: [
        {
          ...{ decisionId, action: "credit", actor: "Thu Hà" },
          reason: word.reason,
          isUndone: false,
        },
      ],
    });
    await undoDecision(staff, { decisionId, ...because("nhầm người") });
    expect(idsOf(await found("decided"))).toEqual([]);
    const [back] = (await found("open")).payments;
    expect(back?.customer).toBeNull();
    expect(back?.decisions.map(({ action, isUndone }) => ({ action, isUndone }))).toEqual([
      { action: "undo", isUndone: false },
      { action: "credit", isUndone: true },
    ]);
  });

  it("comes in pages, newest first, each transfer on one of them", async () => {
    const mark = randomUUID();
    const hours = [1, 4, 2, 5, 3];
    const ids: string[] = [];
    for (const hour of hours) {
      const at = new Date(Date.now() - hour * 3_600_000);
      ids.push(await receive(app.database, { content: mark, at }));
    }
    const pages: InboxView[] = [];
    for (const page of [1, 2, 3]) pages.push(await list({ search: mark, page, pageSize: 2 }));
    expect(pages.map(({ total }) => total)).toEqual([5, 5, 5]);
    expect(pages.flatMap(idsOf)).toEqual([0, 2, 4, 1, 3].map((place) => ids[place]));
  });
});

const decision = { paymentId: randomUUID(), reason: "không được phép", key: randomUUID() };
const day = "2026-11-20";

/** Every procedure of finance, with input it would take from the right person. */
const procedures = [
  ["listInbox", "GET", {}],
  ["attachPayment", "POST", { ...decision, orderCode: "PHO7K2M9QX5" }],
  ["creditPayment", "POST", { ...decision, email: "ai@pho.example" }],
  ["markForRefund", "POST", decision],
  ["dismissPayment", "POST", decision],
  ["undoDecision", "POST", { decisionId: randomUUID(), reason: "không được", key: randomUUID() }],
  ["listPlanTerms", "GET", undefined],
  [
    "changePlan",
    "POST",
    { planId: "none-such", priceVnd: 1_000, reason: "cho rẻ đi", key: randomUUID() },
  ],
  ["getReconciliation", "GET", { day }],
] as const;

describe("the procedures of finance", () => {
  it.each(procedures)(
    "%s is refused to chat users, to ops and to strangers",
    async (name, method, input) => {
      const [user, ops] = [await makePerson(app.database), await makeStaff(app.database, "ops")];
      for (const person of [user, ops]) {
        const answer = await trpc(person, `finance.${name}`, { input, method });
        expect(answer).toMatchObject({ status: 403, code: "forbidden" });
      }
      const stranger = await trpc(null, `finance.${name}`, { input, method });
      expect(stranger.status).toBe(401);
    },
  );

  it.each(procedures)("%s lets finance and admins in", async (name, method, input) => {
    for (const person of [finance, await makeStaff(app.database, "admin")]) {
      const answer = await trpc(person, `finance.${name}`, { input, method });
      expect([200, 404]).toContain(answer.status);
    }
  });

  it("are all in this table", async () => {
    const { appRouter } = await import("@/api/root.ts");
    const known = Object.keys(appRouter._def.procedures).filter((path) =>
      path.startsWith("finance."),
    );
    expect(known.toSorted()).toEqual(procedures.map(([name]) => `finance.${name}`).toSorted());
  });
});
