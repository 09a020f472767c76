import { createTranslator } from "next-intl";
import { z } from "zod";
import en from "@/messages/en.json";
import vi from "@/messages/vi.json";
import type { Locale } from "@/server/ctx.ts";
import type { Mail } from "@/server/mail/send-mail.ts";
import { mailOf } from "./render-mail.ts";

const catalogues = { vi: { opsMail: vi.opsMail }, en: { opsMail: en.opsMail } };

/** What `raiseOpsAlert` puts into the outbox. */
export const opsAlertNotice = z.object({
  kind: z.enum([
    "model_unpriced",
    "provider_rejected",
    "provider_down",
    "usage_absurd",
    "invariant_violated",
    "rate_refused",
    "rate_stale",
    "catalogue_differs",
    "job_dead",
    "webhook_unmatched",
  ]),
  cause: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export type OpsAlertNotice = z.output<typeof opsAlertNotice>;

/** The mail about an alert in the reader's language: what happened, what to do, the figures. */
export function renderOpsAlert(
  notice: OpsAlertNotice,
  reader: { readonly email: string; readonly locale: Locale; readonly baseUrl: string },
): Mail {
  const t = createTranslator({
    locale: reader.locale,
    messages: catalogues[reader.locale],
    namespace: "opsMail",
  });
  const subject = t("subject", { what: t(`${notice.kind}.title`) });
  const figures = Object.entries(notice.details).map(
    ([name, value]) => `${name}: ${String(value ?? "–")}`,
  );
  const paragraphs = [
    t("greeting"),
    t(`${notice.kind}.lead`),
    [t("cause", { cause: notice.cause }), ...figures].join("\n"),
    t("once"),
    t("from", { address: reader.baseUrl }),
  ];
  return mailOf({ to: reader.email, locale: reader.locale, subject, paragraphs });
}
