import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyPayments } from "@/features/payments/apply-payments.ts";
import type { OpenOrderInput } from "@/features/payments/schema.ts";
import { makePerson } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import {
  askFor,
  deliver,
  fateOf,
  holdingsOf,
  type Fate,
  type Holdings,
} from "../support/paying.ts";
import { nextSepayId, sepayBody, sepayTestSettings } from "../support/sepay.ts";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
});

afterAll(async () => {
  await app.stop();
});

type Event = "payment" | "second payment" | "refund notice" | "replay";

function permutations<T>(items: readonly T[]): (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

const orders = permutations<Event>(["payment", "second payment", "refund notice", "replay"]);

type EndState = {
  /** The two payments, whichever of them came first. */
  readonly payments: readonly Pick<Fate, "state" | "reason">[];
  readonly refund: Pick<Fate, "state" | "reason"> | null;
  readonly holdings: Holdings;
};

/** A new customer and order; the events in that order, then the timer. */
async function run(events: readonly Event[], input: OpenOrderInput): Promise<EndState> {
  const { database } = app;
  const person = await makePerson(database, { planId: "starter" });
  const order = await askFor(database, person, input);
  const amount = Number(BigInt(order.priceMicroVnd) / 1_000_000n);
  const ids = { first: nextSepayId(), second: nextSepayId(), out: nextSepayId() };
  const first = sepayBody({ id: ids.first, code: order.code, amount });
  const bodies: Record<Event, string> = {
    payment: first,
    replay: first,
    "second payment": sepayBody({ id: ids.second, code: order.code, amount }),
    "refund notice": sepayBody({ id: ids.out, code: order.code, amount, direction: "out" }),
  };
  for (const event of events) await deliver(bodies[event]);
  await applyPayments(database.db, {});
  const payments = [await fateOf(database.sql, ids.first), await fateOf(database.sql, ids.second)];
  const bare = (fate: Fate | null) => ({
    state: fate?.state ?? "",
    reason: fate?.reason ?? null,
  });
  return {
    payments: payments.map(bare).toSorted((a, b) => a.state.localeCompare(b.state)),
    refund: bare(await fateOf(database.sql, ids.out)),
    holdings: await holdingsOf(database.sql, person.orgId),
  };
}

describe("F44 payment, second payment, refund notice and replay in every order", () => {
  it.each([
    { what: "a plan after the present cycle", input: wishOf("period_end"), cycles: 2, chains: 1 },
    { what: "a plan from now on", input: wishOf("now"), cycles: 2, chains: 2 },
    {
      what: "a top-up",
      input: { kind: "top_up", amountVnd: 20_000 } as const,
      ...{ cycles: 1, chains: 1 },
    },
  ])("$what ends in the same state", async ({ input, cycles, chains }) => {
    expect(orders).toHaveLength(24);
    const ends: EndState[] = [];
    for (const events of orders) ends.push(await run(events, input));
    const [inOrder] = ends;
    expect(inOrder).toMatchObject({
      payments: [
        { state: "applied", reason: null },
        { state: "unmatched", reason: "already_paid" },
      ],
      refund: { state: "review", reason: "refund_notice" },
      holdings: { orders: ["paid"] },
    });
    expect(inOrder?.holdings.chains).toBe(chains);
    expect(inOrder?.holdings.cycles).toBe(cycles);
    for (const end of ends) expect(end).toEqual(inOrder);
  });
});

function wishOf(starts: "now" | "period_end"): OpenOrderInput {
  return { kind: "plan", planId: "premium", starts };
}
