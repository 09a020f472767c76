import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { retirePrice } from "@/features/models/retire-price.ts";
import { makeModel } from "../factories/models.ts";
import { makeCustomer, makePerson, signIn, type Person } from "../factories/people.ts";
import {
  chat,
  chatJson,
  PROVIDER_KEY,
  readRefusal,
  startApp,
  trpc,
  type AppUnderTest,
} from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";

type Locale = "vi" | "en";

let app: AppUnderTest;
let people: Record<Locale, Person>;
let unverified: Record<Locale, Person>;
let strangersConversation: string;

beforeAll(async () => {
  app = await startApp({ settings: { GEMINI_API_KEY: "" } });
  const { database } = app;
  await makeModel(database.db, "openai/never-priced", { inputUsd: null });
  await makeModel(database.db, "openai/retired");
  const word = { actor: "test", requestId: "test" };
  await retirePrice(database.db, { modelId: "openai/retired", ...word });
  people = {
    vi: await makeCustomer(database, { locale: "vi" }),
    en: await makeCustomer(database, { locale: "en" }),
  };
  unverified = {
    vi: await makeCustomer(database, { locale: "vi", isVerified: false }),
    en: await makeCustomer(database, { locale: "en", isVerified: false }),
  };
  const stranger = await makeCustomer(database);
  const answer = await readAnswer(await chat(stranger, { text: "A secret of somebody else" }));
  strangersConversation = answer.conversationId;
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

type Case = {
  readonly name: string;
  readonly send: (person: Person, locale: Locale) => Promise<Response>;
  readonly status: number;
  readonly code: string;
  readonly vi: string;
  readonly en: string;
};

const invalid = {
  status: 400,
  code: "invalid_input",
  vi: "Yêu cầu này chưa đúng dạng",
  en: "not in the right form",
};
const notFound = { status: 404, code: "not_found", vi: "Không tìm thấy", en: "Not found" };
const unpriced = { status: 503, code: "model_unpriced", vi: "chưa có giá", en: "has no price" };
const unconfigured = {
  status: 503,
  code: "provider_not_configured",
  vi: "chưa được cài đặt",
  en: "is not set up",
};
const tooLarge = { status: 413, code: "payload_too_large", vi: "quá dài", en: "too long" };

const cases: readonly Case[] = [
  {
    name: "a model that never had a price",
    send: (person) => chat(person, { model: "openai/never-priced" }),
    ...unpriced,
  },
  {
    name: "a model whose price was retired",
    send: (person) => chat(person, { model: "openai/retired" }),
    ...unpriced,
  },
  {
    name: "a provider without a key, by address",
    send: (person) => chat(person, {}, { provider: "gemini" }),
    ...unconfigured,
  },
  {
    name: "a provider without a key, by model",
    send: (person) => chat(person, { model: "gemini/gemini-2.5-flash" }),
    ...unconfigured,
  },
  {
    name: "an unknown conversation",
    send: (person) => chat(person, { conversationId: randomUUID() }),
    ...notFound,
  },
  {
    name: "another person's conversation",
    send: (person) => chat(person, { conversationId: strangersConversation }),
    ...notFound,
  },
  {
    name: "a body of 2 MB",
    send: (person) => chat(person, chatJson({ text: "x".repeat(2_000_000) })),
    ...tooLarge,
  },
  {
    name: "a body of 2 MB that says it is small",
    send: (person) =>
      chat(person, chatJson({ text: "x".repeat(2_000_000) }), {
        headers: { "content-length": "10" },
      }),
    ...tooLarge,
  },
  { name: "malformed JSON", send: (person) => chat(person, '{"messageId":'), ...invalid },
  { name: "an empty body", send: (person) => chat(person, ""), ...invalid },
  {
    name: "bytes that are no UTF-8",
    send: (person) => chat(person, new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])),
    ...invalid,
  },
  {
    name: "a form",
    send: (person) =>
      chat(person, chatJson({}), {
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }),
    status: 415,
    code: "unsupported_media_type",
    vi: "dạng JSON",
    en: "JSON only",
  },
  {
    name: "an unknown key in the body",
    send: (person) => chat(person, JSON.stringify({ ...JSON.parse(chatJson({})), temperature: 1 })),
    ...invalid,
  },
  {
    name: "an unknown key in a message",
    send: (person) =>
      chat(person, { messages: [{ role: "user", content: "Hi", name: "x" } as never] }),
    ...invalid,
  },
  {
    name: "a picture before attachments exist",
    send: (person) => {
      const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
      return chat(person, { messages: [{ role: "user", content: [image] }] });
    },
    ...invalid,
  },
  {
    name: "a last message that is not the person's",
    send: (person) => chat(person, { messages: [{ role: "assistant", content: "Hi" }] }),
    ...invalid,
  },
  {
    name: "a model of another provider",
    send: (person) => chat(person, { model: "anthropic/claude-haiku-4-5" }, { provider: "openai" }),
    ...invalid,
  },
  {
    name: "an unknown model",
    send: (person) => chat(person, { model: "openai/gpt-99" }),
    ...invalid,
  },
  {
    name: "an unverified e-mail",
    send: (_person, locale) => chat(unverified[locale], {}),
    status: 403,
    code: "email_unverified",
    vi: "chưa được xác minh",
    en: "not verified",
  },
  {
    name: "nobody",
    send: (_person, locale) => chat(null, {}, { headers: { "accept-language": locale } }),
    status: 401,
    code: "unauthenticated",
    vi: "Hãy đăng nhập lại",
    en: "Sign in again",
  },
  {
    name: "a picture to be drawn",
    send: (person) => chat(person, { text: "Vẽ cho tôi một bức tranh con mèo" }),
    status: 403,
    code: "feature_disabled",
    vi: "chưa vẽ được hình",
    en: "Pictures cannot be drawn",
  },
];

const table = cases.flatMap((one) => (["vi", "en"] as const).map((locale) => ({ locale, ...one })));

/** Nothing of the inside may stand in an answer. */
const inside =
  /\bat .*\.(ts|js):|node_modules|\/work\/|select |insert |postgres|SQLSTATE|PH00\d|undefined|\[object/i;

describe("is refused with its code and sentence, spends nothing and tells nothing", () => {
  it.each(table)("$locale: $name", async ({ send, locale, status, code, vi, en }) => {
    const before = await spent();
    const response = await send(people[locale], locale);
    const text = await response.clone().text();
    const refusal = await readRefusal(response);
    expect({ status: refusal.status, code: refusal.code }).toEqual({ status, code });
    expect(refusal.error.message).toContain(locale === "vi" ? vi : en);
    expect(refusal.requestId).toBe(response.headers.get("x-request-id"));
    expect(text).not.toMatch(inside);
    expect(text).not.toContain(PROVIDER_KEY);
    expect(text).not.toContain(strangersConversation);
    expect(app.simulator.calls).toEqual([]);
    expect(await spent()).toEqual(before);
  });

  async function spent() {
    const [row] = await app.database.sql`
      select (select count(*)::int from usage_logs) as logs, (select count(*)::int from reservations) as holds,
             (select count(*)::int from provider_calls) as calls, sum(reserved_micro_vnd)::text as reserved,
             sum(used_micro_vnd)::text as used from budget_periods`;
    return row;
  }
});

it("a conversation of somebody else answers as one that does not exist", async () => {
  const [theirs, nobodys] = await Promise.all(
    [strangersConversation, randomUUID()].map(async (conversationId) => {
      const response = await chat(people.en, { conversationId });
      const { requestId: _requestId, ...rest } = await readRefusal(response);
      return rest;
    }),
  );
  expect(theirs).toEqual(nobodys);
  for (const path of [
    "chat.getConversation",
    "chat.deleteConversation",
    "chat.renameConversation",
  ]) {
    const method = path === "chat.getConversation" ? ("GET" as const) : ("POST" as const);
    const extra = path === "chat.renameConversation" ? { title: "Mine now" } : {};
    const input = { conversationId: strangersConversation, ...extra };
    const answer = await trpc(people.en, path, { method, input });
    expect(answer).toMatchObject({ status: 404, code: "not_found" });
    expect(answer.text).not.toMatch(inside);
  }
});

it("a disabled person, an ended session and a cookie of another secret are nobody", async () => {
  const person = await makePerson(app.database);
  await app.database.sql`update users set disabled_at = app_now() where id = ${person.userId}`;
  const ended = await makePerson(app.database);
  await app.database
    .sql`update sessions set expires_at = app_now() where user_id = ${ended.userId}`;
  const cookie = await signIn(app.database, people.en.userId);
  const forged = { cookie: `${cookie.slice(0, -8)}AAAAAAA%3D` };
  for (const asker of [person, ended, forged]) {
    expect((await chat(asker, {})).status).toBe(401);
    expect((await trpc(asker, "costOptimization.getUsageSummary")).code).toBe("unauthenticated");
  }
});

it("a refusal for the plan stands in the conversation, with the question", async () => {
  const person = await makePerson(app.database, { locale: "en" });
  const messageId = randomUUID();
  const refusal = await readRefusal(await chat(person, { messageId, model: "openai/gpt-5.4" }));
  expect(refusal).toMatchObject({ status: 403, code: "model_not_allowed" });
  expect(refusal.error.message).toContain("openai/gpt-5.4");
  const list = await trpc(person, "chat.listConversations");
  const [conversation] = list.data as { id: string }[];
  const input = { conversationId: conversation?.id };
  expect((await trpc(person, "chat.getConversation", { input })).data).toMatchObject({
    messages: [
      { role: "user", turnId: messageId },
      { role: "notice", state: "refused", refusal: { code: "model_not_allowed" } },
    ],
  });
});
