import { readSepayNotice } from "@/server/sepay/sepay-notice.ts";
import type { SepaySettings } from "@/server/sepay/settings.ts";
import { verifyWebhook } from "@/server/sepay/verify-webhook.ts";
import { NOT_JSON, parseJson } from "./notice-body.ts";
import type { NoticeRefusal, PaymentProvider, ProvenNotice } from "./payment-provider.ts";

/** SePay's bank webhook: our own account, watched by SePay. */
export function makeSepayProvider(settings: SepaySettings): PaymentProvider {
  return {
    id: "sepay",
    accounts: settings.accounts,
    keptHeaders: ["content-type", "user-agent", "x-sepay-signature", "x-sepay-timestamp"],
    readNotice: (headers, rawBody) => Promise.resolve(readNotice(headers, rawBody, settings)),
  };
}

function readNotice(
  headers: Headers,
  rawBody: Uint8Array,
  settings: SepaySettings,
): ProvenNotice | NoticeRefusal {
  const proof = verifyWebhook(headers, rawBody, settings);
  if (typeof proof === "string") return proof;
  const json = parseJson(rawBody);
  return json === NOT_JSON ? "not_json" : { ...readSepayNotice(rawBody, json), ...proof };
}
