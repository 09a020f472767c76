import type { Locale } from "@/server/ctx.ts";
import type { Mail } from "@/server/mail/send-mail.ts";

/** A plain mail of some paragraphs, as text and as HTML. */
export function mailOf(input: {
  readonly to: string;
  readonly locale: Locale;
  readonly subject: string;
  readonly paragraphs: readonly string[];
}): Mail {
  const { to, locale, subject, paragraphs } = input;
  const html = paragraphs.map((text) => `<p>${escaped(text).replaceAll("\n", "<br>")}</p>`);
  return {
    to,
    subject,
    text: paragraphs.join("\n\n"),
    html: `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
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
