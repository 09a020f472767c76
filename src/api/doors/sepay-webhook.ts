import { randomUUID } from "node:crypto";
import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import { applyPayment } from "@/features/payments/apply-payment.ts";
import {
  receiveWebhookEvent,
  type WebhookEvent,
} from "@/features/payments/receive-webhook-event.ts";
import { db, type Db } from "@/server/db/client.ts";
import { asUnavailable, databaseErrorCode } from "@/server/db/database-errors.ts";
import { readInTime } from "@/server/db/patience.ts";
import { readNow } from "@/server/db/read-now.ts";
import { errorMap } from "@/server/error-map.ts";
import { log } from "@/server/log.ts";
import { countRefusedWebhook } from "@/server/metrics.ts";
import { readSepayNotice } from "@/server/sepay/sepay-notice.ts";
import { sepaySettings, type SepaySettings } from "@/server/sepay/settings.ts";
import { isStaleProof, verifyWebhook, type WebhookProof } from "@/server/sepay/verify-webhook.ts";
import { readRawBody } from "./read-raw-body.ts";

const BODY_LIMITS = { bytesMax: 64 * 1024, withinMs: 5_000 };
/** SePay waits 30 s at most and would rather not: what takes longer is finished behind its back. */
const APPLY_WAIT_MS = 3_000;
/** With the body, the clock and the applying: 16 s at most. */
const STORE_WAIT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

/** Kept with the event; none of them holds a secret. */
const KEPT_HEADERS = ["content-type", "user-agent", "x-sepay-signature", "x-sepay-timestamp"];

/** What tests bring. */
export type SepayDoorParts = {
  readonly db?: Db;
  readonly settings?: SepaySettings | null;
  readonly apply?: (db: Db, paymentId: string) => Promise<void>;
};

/**
 * `POST /api/payment/sepay/webhook`: SePay tells of a transfer. Bytes first, then who sent them,
 * then what they say; only what is proven is stored. 200 `{"success":true}` means stored for ever,
 * nothing else gets it: SePay repeats after any other answer. Whether it could be applied at once
 * is no matter of the answer: the job does what is not done.
 */
export async function sepayWebhookDoor(
  request: Request,
  parts: SepayDoorParts = {},
): Promise<Response> {
  const requestId = randomUUID();
  try {
    const pool = parts.db ?? db();
    const settings = parts.settings === undefined ? sepaySettings() : parts.settings;
    const event = await readEvent(request, settings);
    const isStale = isStaleProof(event, await readInTime(readNow(pool)));
    // What is given up here may still be stored; the repeat finds it then, and is told so.
    const storing = receiveWebhookEvent(pool, { ...event, isStale });
    const { paymentId } = await readInTime(storing, STORE_WAIT_MS);
    if (isStale) log().warn({ requestId, paymentId }, "a webhook was signed too long ago");
    await applyInTime(paymentId, () => (parts.apply ?? applyPayment)(pool, paymentId));
    return Response.json({ success: true }, { headers: { "cache-control": "no-store" } });
  } catch (thrown) {
    return refusal(thrown, requestId);
  }
}

async function readEvent(
  request: Request,
  settings: SepaySettings | null,
): Promise<Omit<WebhookEvent, "isStale">> {
  if (settings === null) {
    throw new WebhookRefused("provider_not_configured", "not_configured");
  }
  checkMediaType(request.headers);
  const rawBody = await readRawBody(request, BODY_LIMITS);
  const proof = verifyWebhook(request.headers, rawBody, settings);
  if (typeof proof === "string") throw new WebhookRefused("unauthenticated", proof);
  return describeEvent(request.headers, rawBody, proof);
}

function checkMediaType(headers: Headers): void {
  const mediaType = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (mediaType !== "application/json" || encoding !== "identity") {
    throw new WebhookRefused("unsupported_media_type", "media_type");
  }
}

function describeEvent(
  headers: Headers,
  rawBody: Uint8Array,
  proof: WebhookProof,
): Omit<WebhookEvent, "isStale"> {
  const notice = readSepayNotice(rawBody, parseJson(rawBody));
  const kept = KEPT_HEADERS.map((name) => [name, headers.get(name)] as const);
  return {
    provider: "sepay",
    ...notice,
    ...proof,
    rawBody,
    headers: Object.fromEntries(kept.flatMap(([name, value]) => (value ? [[name, value]] : []))),
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new WebhookRefused("invalid_input", "not_json");
  }
}

/** Waits for the work, for a while; it goes on behind, and what fails is left to its job. */
async function applyInTime(paymentId: string, apply: () => Promise<void>): Promise<void> {
  const applying = apply().catch((error: unknown) => {
    log().error({ paymentId, ...wordless(error) }, "a payment waits for its job");
  });
  let timer: NodeJS.Timeout | undefined;
  const waiting = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, APPLY_WAIT_MS);
  });
  await Promise.race([applying, waiting]);
  clearTimeout(timer);
}

/** Refused before anything was stored; the reason is for the metric, never for the sender. */
class WebhookRefused extends DomainError {
  readonly reason: string;

  constructor(code: DomainErrorCode, reason: string) {
    super(code, `webhook refused: ${reason}`);
    this.reason = reason;
  }
}

function refusal(thrown: unknown, requestId: string): Response {
  const error = asUnavailable(thrown);
  const known = error instanceof DomainError ? error : null;
  if (known === null) log().error({ requestId, ...wordless(thrown) }, "a webhook failed");
  const status = known === null ? 500 : errorMap[known.code].status;
  if (known !== null && status < 500) countRefusedWebhook("sepay", reasonOf(known));
  if (known instanceof WebhookRefused && status >= 500) countRefusedWebhook("sepay", known.reason);
  const headers = new Headers({ "cache-control": "no-store", "x-request-id": requestId });
  if (status >= 500) headers.set("retry-after", String(RETRY_AFTER_SECONDS));
  // Of its body, some may still be on the way: nothing more is read from that line.
  if (status < 500) headers.set("connection", "close");
  const code = known?.code ?? "internal";
  return Response.json({ success: false, error: { code }, requestId }, { status, headers });
}

/** What went wrong and where, without the message: a failed statement's holds names and texts of payers. */
function wordless(error: unknown) {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = error.stack?.split("\n").filter((line) => /^ {4}at /.test(line)) ?? [];
  return { error: error.name, code: databaseErrorCode(error), frames };
}

function reasonOf(error: DomainError): string {
  if (error instanceof WebhookRefused) return error.reason;
  return error.code === "payload_too_large" ? "too_large" : "not_whole";
}
