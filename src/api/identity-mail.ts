import { createTranslator } from "next-intl";
import en from "@/messages/en.json";
import vi from "@/messages/vi.json";
import type { IdentityMail } from "@/server/auth.ts";
import type { Mail } from "@/server/mail/send-mail.ts";

const catalogues = { vi: { mail: vi.mail }, en: { mail: en.mail } };

/** The mail in the reader's language, as plain text and as simple HTML with one button. */
export function renderIdentityMail(mail: IdentityMail): Mail {
  const t = createTranslator({
    locale: mail.locale,
    messages: catalogues[mail.locale],
    namespace: "mail",
  });
  const [subject, lead, action, expiry] =
    mail.kind === "verify"
      ? [t("verifySubject"), t("verifyLead"), t("verifyAction"), t("verifyExpiry")]
      : [t("resetSubject"), t("resetLead"), t("resetAction"), t("resetExpiry")];
  const ignore = mail.kind === "verify" ? t("verifyIgnore") : t("resetIgnore");
  const text = [t("greeting"), lead, mail.url, expiry, ignore, t("signature")].join("\n\n");
  return {
    to: mail.to,
    subject,
    text,
    html: page(mail, { subject, lead, action, expiry, ignore, t }),
  };
}

type Texts = {
  readonly subject: string;
  readonly lead: string;
  readonly action: string;
  readonly expiry: string;
  readonly ignore: string;
  readonly t: (key: "greeting" | "signature") => string;
};

function page(mail: IdentityMail, texts: Texts): string {
  const url = escaped(mail.url);
  const paragraph = (text: string) => `<p style="margin:0 0 16px">${escaped(text)}</p>`;
  const button =
    "display:inline-block;padding:12px 20px;border-radius:8px;background:#a8521c;color:#fff";
  return [
    `<!doctype html><html lang="${mail.locale}"><head><meta charset="utf-8">`,
    `<title>${escaped(texts.subject)}</title></head>`,
    `<body style="font:16px/1.5 system-ui,sans-serif;color:#2a2420;background:#fbf8f3;padding:24px">`,
    paragraph(texts.t("greeting")),
    paragraph(texts.lead),
    `<p style="margin:0 0 16px"><a href="${url}" style="${button};text-decoration:none">${escaped(texts.action)}</a></p>`,
    `<p style="margin:0 0 16px;word-break:break-all">${url}</p>`,
    paragraph(texts.expiry),
    paragraph(texts.ignore),
    paragraph(texts.t("signature")),
    "</body></html>",
  ].join("\n");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
