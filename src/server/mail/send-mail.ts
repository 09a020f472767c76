import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { DomainError } from "@/domain/errors.ts";

/** A mail ready to go; texts are rendered by the caller in the reader's language. */
export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

export type MailSettings = {
  readonly SMTP_URL?: string | undefined;
  readonly MAIL_FROM: string;
  readonly PHO_DATA_DIR?: string | undefined;
  readonly isDatabaseEmbedded: boolean;
};

/** Whether mail has a way out: a mail server, or the outbox folder beside the embedded database. */
export function canSendMail(settings: MailSettings): boolean {
  return settings.SMTP_URL !== undefined || settings.isDatabaseEmbedded;
}

/**
 * Sends by SMTP where that is set; else, with the embedded database only, writes the mail into the
 * outbox.
 * @returns the path of the file written, or null when a mail server took it.
 * @throws DomainError `feature_disabled` when there is no way out.
 */
export async function sendMail(settings: MailSettings, mail: Mail): Promise<string | null> {
  if (!canSendMail(settings)) {
    throw new DomainError("feature_disabled", "no mail server is set", { feature: "mail" });
  }
  const message = {
    from: settings.MAIL_FROM,
    to: { name: "", address: oneLine(mail.to) },
    subject: oneLine(mail.subject),
    text: mail.text,
    html: mail.html,
  };
  if (settings.SMTP_URL !== undefined) {
    await smtpTransport(settings.SMTP_URL).sendMail(message);
    return null;
  }
  const rendered = await createTransport({ streamTransport: true, buffer: true }).sendMail(message);
  const folder = join(settings.PHO_DATA_DIR ?? ".data", "outbox");
  const path = join(folder, `${fileStamp(new Date())}-${randomUUID().slice(0, 8)}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${path}.eml`, rendered.message, { mode: 0o600 });
  await writeFile(`${path}.txt`, `${message.to.address}\n${message.subject}\n\n${mail.text}\n`, {
    mode: 0o600,
  });
  return `${path}.txt`;
}

const transports = new Map<string, ReturnType<typeof createTransport>>();

function smtpTransport(url: string) {
  const known = transports.get(url);
  if (known !== undefined) return known;
  const made = createTransport({
    url,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  transports.set(url, made);
  return made;
}

/** Line breaks and controls would start a new header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

function fileStamp(now: Date): string {
  return now.toISOString().replace(/[:.]/g, "-");
}
