import { randomUUID } from "node:crypto";
import superjson from "superjson";
import { z } from "zod";
import { chatDoor } from "@/api/doors/chat.ts";
import { trpcDoor } from "@/api/doors/trpc.ts";
import { closeDb, db } from "@/server/db/client.ts";
import { startProviderSimulator, type Simulator } from "./provider-simulator.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

export const ORIGIN = "http://localhost:3999";
export const AUTH_SECRET = "a secret of the tests, long enough to be one";

/** Keys the simulator takes; what leaves the product may never hold one of them. */
export const PROVIDER_KEY = "sk-simulator-4711-secret";

export type Asker = { readonly cookie: string };

export type AppUnderTest = {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly stop: () => Promise<void>;
};

type AppOptions = {
  /** Settings over those of the tests; an empty text takes one away. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the product finds its database, when not at its own address. */
  readonly databaseUrl?: (url: string) => string;
  /** false: the file plants rows no product would write, and leaves them. */
  readonly isBalanced?: boolean;
};

/** The environment of a product whose providers are all the simulator. */
export function settingsFor(database: string, simulator: Simulator): Record<string, string> {
  return {
    PORT: "3999",
    BASE_URL: "",
    DATABASE_URL: database,
    AUTH_SECRET,
    LOG_LEVEL: "silent",
    OPENAI_API_KEY: PROVIDER_KEY,
    OPENAI_BASE_URL: simulator.openAiBaseUrl,
    ANTHROPIC_API_KEY: PROVIDER_KEY,
    ANTHROPIC_BASE_URL: simulator.anthropicBaseUrl,
    GEMINI_API_KEY: PROVIDER_KEY,
    GEMINI_BASE_URL: simulator.geminiBaseUrl,
  };
}

/**
 * The product in this process: its doors on a database and a provider of its own. Settings are read
 * once per process, so one per test file.
 */
export async function startApp(options: AppOptions = {}): Promise<AppUnderTest> {
  const { isBalanced = true } = options;
  const [database, simulator] = await Promise.all([
    createTestDatabase({ isBalanced }),
    startProviderSimulator(),
  ]);
  const url = options.databaseUrl?.(database.url) ?? database.url;
  Object.assign(process.env, settingsFor(url, simulator), options.settings);
  return {
    database,
    simulator,
    stop: async () => {
      await simulator.stop();
      await closeDb(db());
      await database.drop();
    },
  };
}

export type ChatBody = {
  readonly messageId?: string;
  readonly conversationId?: string;
  readonly retryOf?: string;
  readonly model?: string;
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly text?: string;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
};

type ChatOptions = {
  readonly provider?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The JSON of a chat request: `text` stands for a single user message. */
export function chatJson({ text = "Hello there", ...body }: ChatBody): string {
  const defaults = { messageId: randomUUID(), messages: [{ role: "user", content: text }] };
  return JSON.stringify({ ...defaults, ...body });
}

/** Posts to the chat door as a page of ours would. */
export function chat(
  asker: Asker | null,
  body: ChatBody | string | Uint8Array<ArrayBuffer>,
  { provider = "auto", signal, headers = {} }: ChatOptions = {},
): Promise<Response> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const request = new Request(`${ORIGIN}/webapi/chat/${provider}`, {
    method: "POST",
    headers: {
      origin: ORIGIN,
      "content-type": "application/json",
      ...(asker === null ? {} : { cookie: asker.cookie }),
      ...headers,
    },
    body: isRaw ? body : chatJson(body),
    ...(signal === undefined ? {} : { signal }),
  });
  return chatDoor(request, { provider });
}

const refusalBody = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string() }),
  budgetExceeded: z.boolean(),
  remainingBudgetVND: z.number().int().nullable(),
  remainingMicroVnd: z.string().nullable(),
  resetsAt: z.iso.datetime().nullable(),
  requestId: z.uuid(),
  capMicroVnd: z.string().optional(),
  limitCount: z.number().int().optional(),
  modelId: z.string().optional(),
  feature: z.string().optional(),
  pho: z.strictObject({ conversationId: z.uuid() }).optional(),
});

export type Refusal = z.output<typeof refusalBody> & {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: string | null;
};

/** The refusal body of the chat door; it must have exactly the contract's fields. */
export async function readRefusal(response: Response): Promise<Refusal> {
  const body = refusalBody.parse(await response.json());
  const retryAfter = response.headers.get("retry-after");
  return { ...body, status: response.status, code: body.error.code, retryAfter };
}

const trpcBody = z.object({
  result: z
    .object({ data: z.object({ json: z.unknown(), meta: z.unknown() }).partial() })
    .optional(),
  error: z.object({ json: z.looseObject({ message: z.string() }) }).optional(),
});

export type TrpcAnswer = {
  readonly status: number;
  readonly data: unknown;
  /** The code, when the procedure refused. */
  readonly code: string | null;
  readonly text: string;
};

/** Calls a procedure over its HTTP door; `method` GET is a query, POST a mutation. */
export async function trpc(
  asker: Asker | null,
  path: string,
  call: { readonly input?: unknown; readonly method?: "GET" | "POST" } = {},
): Promise<TrpcAnswer> {
  const { input, method = "GET" } = call;
  const url = new URL(`${ORIGIN}/api/trpc/${path}`);
  const json = JSON.stringify(superjson.serialize(input));
  if (method === "GET" && input !== undefined) url.searchParams.set("input", json);
  const response = await trpcDoor(
    new Request(url, {
      method,
      headers: {
        origin: ORIGIN,
        "content-type": "application/json",
        ...(asker === null ? {} : { cookie: asker.cookie }),
      },
      body: method === "GET" ? null : json,
    }),
  );
  const text = await response.text();
  const answer = trpcBody.parse(JSON.parse(text));
  return {
    status: response.status,
    data: answer.result?.data.json,
    code: answer.error?.json.message ?? null,
    text,
  };
}
