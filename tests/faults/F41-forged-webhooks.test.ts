import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseEnv } from "@/server/env.ts";
import { renderMetrics } from "@/server/metrics.ts";
import { sepaySettings } from "@/server/sepay/settings.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { AUTH_SECRET, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import {
  countStored,
  deliver,
  grantedTo,
  orderState,
  plantOrder,
  TAKEN,
  type PlantedOrder,
} from "../support/sepay-world.ts";
import {
  SEPAY_ACCOUNT,
  SEPAY_SECRET,
  sepayBody,
  sepayTestSettings,
  signWebhook,
} from "../support/sepay.ts";

const API_KEY = "an api key of the tests";
const accounts = [SEPAY_ACCOUNT];
const byKey = { settings: { scheme: "api_key", secret: API_KEY, accounts } } as const;

let app: AppUnderTest;
let person: Person;
let order: PlantedOrder;
let body: string;

beforeAll(async () => {
  app = await startApp({ settings: { ...sepayTestSettings, SEPAY_API_KEY: API_KEY } });
  person = await makePerson(app.database);
  order = await plantOrder(app.database, person);
  body = sepayBody({ code: order.code });
});

afterAll(() => app.stop());

/** All that a delivery could change. */
async function books() {
  const { database } = app;
  return {
    ...(await countStored(database)),
    order: await orderState(database, order.orderId),
    granted: await grantedTo(database, person.orgId),
  };
}

/** Refusals counted so far, by reason. */
async function refused(): Promise<Map<string, number>> {
  const { body: text } = await renderMetrics(null);
  const lines = text.matchAll(
    /^webhooks_refused_total\{provider="sepay",reason="(\w+)"\} (\d+)$/gm,
  );
  return new Map([...lines].map(([, reason = "", count]) => [reason, Number(count)]));
}

async function expectRefused(
  reason: string,
  given: Parameters<typeof deliver>,
  status = 401,
): Promise<void> {
  const counted = (await refused()).get(reason) ?? 0;
  const before = await books();
  const answer = await deliver(...given);
  expect(answer.status).toBe(status);
  expect(answer.text).not.toContain("true");
  expect(answer.text).not.toContain(`"${reason}"`);
  expect((await refused()).get(reason)).toBe(counted + 1);
  expect(await books()).toEqual(before);
}

/** The right headers for `body`, some of them changed. */
function rightHeaders(change: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { headers } = signWebhook(body);
  return { ...headers, ...change };
}

const ofBodyAlone = () => createHmac("sha256", SEPAY_SECRET).update(body).digest("hex");
const ofNothing = (at: string) => createHmac("sha256", "").update(`${at}.${body}`).digest("hex");

describe("F41 forged webhooks", () => {
  it.each<[string, string, () => Readonly<Record<string, string>>]>([
    ["no signature", "signature_missing", () => ({ "content-type": "application/json" })],
    [
      "an API key instead, though that is set up too",
      "signature_missing",
      () => ({ "content-type": "application/json", authorization: `Apikey ${API_KEY}` }),
    ],
    [
      "a truncated signature",
      "signature_malformed",
      () =>
        rightHeaders({
          "x-sepay-signature": rightHeaders()["x-sepay-signature"]?.slice(0, -2) ?? "",
        }),
    ],
    [
      "no word in front of the signature",
      "signature_malformed",
      () =>
        rightHeaders({ "x-sepay-signature": rightHeaders()["x-sepay-signature"]?.slice(7) ?? "" }),
    ],
    [
      "zeros",
      "signature_wrong",
      () => rightHeaders({ "x-sepay-signature": `sha256=${"0".repeat(64)}` }),
    ],
    [
      "a signature of the body alone",
      "signature_wrong",
      () => rightHeaders({ "x-sepay-signature": `sha256=${ofBodyAlone()}` }),
    ],
    [
      "another key's signature",
      "signature_wrong",
      () => ({ ...signWebhook(body, { secret: "another" }).headers }),
    ],
    [
      "an empty key's signature",
      "signature_wrong",
      () => {
        const at = rightHeaders()["x-sepay-timestamp"] ?? "";
        return rightHeaders({ "x-sepay-signature": `sha256=${ofNothing(at)}` });
      },
    ],
    [
      "the right signature with a fresher stamp",
      "signature_wrong",
      () => rightHeaders({ "x-sepay-timestamp": String(Math.floor(Date.now() / 1000) + 60) }),
    ],
    [
      "a stamp that is no number",
      "signature_malformed",
      () => rightHeaders({ "x-sepay-timestamp": "soon" }),
    ],
  ])("%s: 401, nothing stored, counted", async (_, reason, headers) => {
    await expectRefused(reason, [body, { secret: "", headers: headers() }]);
  });

  it.each([
    ["the amount", (text: string) => text.replace("99000", "990000")],
    ["the code", (text: string) => text.replaceAll(order.code, "PHO7K2M9QX5")],
    ["one space", (text: string) => `${text} `],
    ["written anew", (text: string) => JSON.stringify(JSON.parse(text), null, 1)],
  ])("a right signature on another body (%s): 401", async (_, change) => {
    const headers = rightHeaders();
    await expectRefused("signature_wrong", [change(body), { secret: "", headers }]);
  });

  it.each([
    ["key_missing", {}],
    ["key_wrong", { authorization: "Apikey another" }],
    ["key_wrong", { authorization: `Apikey ${API_KEY.slice(0, -1)}` }],
    ["key_wrong", { authorization: `Apikey ${API_KEY}x` }],
    ["key_wrong", { authorization: "Apikey" }],
    ["key_wrong", { authorization: `Bearer ${API_KEY}` }],
    ["key_wrong", { authorization: API_KEY }],
  ])("with the key scheme, %s for %o: 401", async (reason, headers) => {
    await expectRefused(reason, [body, { secret: "", headers }, byKey]);
  });

  it.each([{}, { SEPAY_WEBHOOK_SECRET: "" }, { SEPAY_WEBHOOK_SECRET: "   ", SEPAY_API_KEY: " " }])(
    "without a secret the door is closed to everything (%o)",
    async (given) => {
      const settings = sepaySettings(
        parseEnv({ DATABASE_URL: app.database.url, AUTH_SECRET, ...given }),
      );
      expect(settings).toBeNull();
      const closed = { settings };
      await expectRefused("not_configured", [body, {}, closed], 503);
      await expectRefused("not_configured", [body, { secret: "" }, closed], 503);
      const at = String(Math.floor(Date.now() / 1000));
      const headers = { "x-sepay-signature": `sha256=${ofNothing(at)}`, "x-sepay-timestamp": at };
      await expectRefused("not_configured", [body, { secret: "", headers }, closed], 503);
      const answer = await deliver(body, {}, closed);
      expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "provider_not_configured" } });
    },
  );

  it("takes the real one, by either scheme, and keeps no secret", async () => {
    expect(await deliver(body)).toMatchObject(TAKEN);
    expect(await orderState(app.database, order.orderId)).toBe("paid");
    const second = await plantOrder(app.database, person);
    const authorization = `Apikey ${API_KEY}`;
    const keyed = { secret: "", headers: { authorization, "x-secret-key": "also secret" } };
    expect(await deliver(sepayBody({ code: second.code }), keyed, byKey)).toMatchObject(TAKEN);
    expect(await orderState(app.database, second.orderId)).toBe("paid");
    const kept = await app.database.sql<{ scheme: string; headers: Record<string, string> }[]>`
      select scheme, headers from webhook_events order by created_at`;
    expect(kept.map(({ scheme }) => scheme)).toEqual(["hmac", "api_key"]);
    expect(JSON.stringify(kept)).not.toMatch(/secret|api key/i);
    expect(kept[0]?.headers["x-sepay-signature"]).toMatch(/^sha256=/);
  });
});
