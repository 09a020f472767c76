import { createTranslator } from "next-intl";
import { z } from "zod";
import en from "@/messages/en.json";
import vi from "@/messages/vi.json";
import type { Locale } from "@/server/ctx.ts";
import type { Mail } from "@/server/mail/send-mail.ts";

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
  const html = paragraphs.map((text) => `<p>${escaped(text).replaceAll("\n", "<br>")}</p>`);
  return {
    to: reader.email,
    subject,
    text: paragraphs.join("\n\n"),
    html: `<!doctype html><html lang="${reader.locale}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="font:16px/1.5 system-ui,sans-serif;color:#2a2420;background:#fbf8f3;padding:24px">${html.join("\n")}</body></html>`,
  };
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
