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
import type {
  PaymentProvider,
  PaymentProviderId,
} from "@/server/payment-providers/payment-provider.ts";
import { paymentProviders } from "@/server/payment-providers/providers.ts";
import { isStaleProof } from "@/server/sepay/verify-webhook.ts";
import { readRawBody } from "./read-raw-body.ts";

const BODY_LIMITS = { bytesMax: 64 * 1024, withinMs: 5_000 };
/** SePay waits 30 s at most and would rather not: what takes longer is finished behind its back. */
const APPLY_WAIT_MS = 3_000;
/** With the body, the clock and the applying: 16 s at most. */
const STORE_WAIT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

/** What tests bring. */
export type PaymentDoorParts = {
  readonly db?: Db;
  /** null: not configured. */
  readonly provider?: PaymentProvider | null;
  readonly apply?: (db: Db, paymentId: string) => Promise<void>;
};

/**
 * `POST /api/payment/…`: a payment provider tells of a transfer. Bytes first, then who sent them,
 * then what they say; only what is proven is stored. 200 `{"success":true}` means stored for ever,
 * or proven to tell of no transfer; nothing else gets it: a provider repeats after any other
 * answer. Whether it could be applied at once is no matter of the answer: the job does what is not
 * done.
 */
export async function paymentWebhookDoor(
  request: Request,
  providerId: PaymentProviderId,
  parts: PaymentDoorParts = {},
): Promise<Response> {
  const requestId = randomUUID();
  try {
    const pool = parts.db ?? db();
    const provider =
      parts.provider === undefined ? paymentProviders().get(providerId) : parts.provider;
    const event = await readEvent(request, provider ?? null);
    if (event !== null) await takeEvent(pool, event, { requestId, apply: parts.apply });
    return Response.json({ success: true }, { headers: { "cache-control": "no-store" } });
  } catch (thrown) {
    return refusal(thrown, { requestId, providerId });
  }
}

type ReadEvent = Omit<WebhookEvent, "isStale">;

/** @returns null for a proven delivery that tells of no transfer. */
async function readEvent(
  request: Request,
  provider: PaymentProvider | null,
): Promise<ReadEvent | null> {
  if (provider === null) throw new WebhookRefused("provider_not_configured", "not_configured");
  const { headers } = request;
  checkMediaType(headers);
  const rawBody = await readRawBody(request, BODY_LIMITS);
  const notice = await provider.readNotice(headers, rawBody);
  if (typeof notice === "string") {
    throw new WebhookRefused(notice === "not_json" ? "invalid_input" : "unauthenticated", notice);
  }
  const { transfer } = notice;
  if (transfer === "none") return null;
  const kept = provider.keptHeaders.map((name) => [name, headers.get(name)] as const);
  return {
    ...notice,
    provider: provider.id,
    transfer,
    rawBody,
    headers: Object.fromEntries(kept.flatMap(([name, value]) => (value ? [[name, value]] : []))),
  };
}

function checkMediaType(headers: Headers): void {
  const mediaType = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (mediaType !== "application/json" || encoding !== "identity") {
    throw new WebhookRefused("unsupported_media_type", "media_type");
  }
}

type Taking = {
  readonly requestId: string;
  readonly apply: PaymentDoorParts["apply"];
};

async function takeEvent(pool: Db, event: ReadEvent, { requestId, apply }: Taking): Promise<void> {
  const isStale = isStaleProof(event, await readInTime(readNow(pool)));
  // What is given up here may still be stored; the repeat finds it then, and is told so.
  const storing = receiveWebhookEvent(pool, { ...event, isStale });
  const { paymentId } = await readInTime(storing, STORE_WAIT_MS);
  if (isStale) log().warn({ requestId, paymentId }, "a webhook was signed too long ago");
  await applyInTime(paymentId, () => (apply ?? applyPayment)(pool, paymentId));
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

type Refused = { readonly requestId: string; readonly providerId: PaymentProviderId };

function refusal(thrown: unknown, { requestId, providerId }: Refused): Response {
  const error = asUnavailable(thrown);
  const known = error instanceof DomainError ? error : null;
  if (known === null) log().error({ requestId, ...wordless(thrown) }, "a webhook failed");
  const status = known === null ? 500 : errorMap[known.code].status;
  if (known !== null && status < 500) countRefusedWebhook(providerId, reasonOf(known));
  if (known instanceof WebhookRefused && status >= 500) {
    countRefusedWebhook(providerId, known.reason);
  }
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
