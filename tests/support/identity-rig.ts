import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { makeIdentityDoor } from "@/api/doors/identity.ts";
import type { IdentityLimits } from "@/api/doors/identity-endpoints.ts";
import type { Db } from "@/server/db/client.ts";
import { parseEnv, type Env } from "@/server/env.ts";

export const ORIGIN = "http://localhost:3999";
export const PASSWORD = "mật khẩu dài 1";

const roomy = { countMax: 1_000, windowMs: 60_000 };

/** Limits no test meets unless it asks for its own. */
export const roomyLimits: IdentityLimits = {
  signUpPerAddress: roomy,
  signInPerAddress: roomy,
  signInPerAccount: roomy,
  mailPerAddress: roomy,
  mailPerAccount: roomy,
  linkPerAddress: roomy,
};

/**
 * Settings as `.env` would give them, for the port the tests pretend to listen on. The process gets
 * them too (vitest itself sets BASE_URL): the log reads its level there.
 */
export function testSettings(databaseUrl: string, more: Record<string, string> = {}): Env {
  const source = {
    PORT: "3999",
    BASE_URL: "",
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: "a secret of the tests, long enough to be one",
    LOG_LEVEL: "silent",
    ...more,
  };
  Object.assign(process.env, source);
  return parseEnv(source);
}

type Asking = {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Ask = (path: string, asking?: Asking) => Promise<Response>;

/** Asks a door of identity as a page of ours would: JSON, our Origin. */
export function makeAsk(parts: {
  readonly db: Db;
  readonly settings: Env;
  readonly limits?: IdentityLimits;
}): Ask {
  const door = makeIdentityDoor({ limits: roomyLimits, ...parts });
  return (path, { method = "POST", body, cookie, headers = {} } = {}) => {
    const all = new Headers({ origin: ORIGIN, "content-type": "application/json", ...headers });
    if (cookie !== undefined) all.set("cookie", cookie);
    const text = typeof body === "string" ? body : JSON.stringify(body ?? {});
    return door(
      new Request(new URL(path, `${ORIGIN}/api/auth/`), {
        method,
        headers: all,
        body: method === "GET" ? null : text,
      }),
    );
  };
}

/** The session cookie an answer sets, as a browser would send it back. */
export function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");
}

export type Mailbox = {
  readonly url: string;
  /** Every message taken so far, as sent. */
  readonly messages: readonly string[];
  /** The first link in the `index`-th mail to that address; waits until it has come. */
  readonly linkTo: (email: string, index?: number) => Promise<string>;
  readonly close: () => Promise<void>;
};

/** A real mail server on a free port that keeps what it is given. */
export async function openMailbox(): Promise<Mailbox> {
  const messages: string[] = [];
  const waiting = new Set<() => void>();
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        messages.push(Buffer.concat(chunks).toString("utf8"));
        for (const wake of waiting) wake();
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;

  async function linkTo(email: string, index = 0): Promise<string> {
    for (;;) {
      const mail = messages.filter((message) => message.includes(`To: ${email}`))[index];
      if (mail !== undefined) return firstLink(mail);
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
    }
  }

  const close = () => new Promise<void>((resolve) => server.close(resolve));
  return { url: `smtp://127.0.0.1:${port}`, messages, linkTo, close };
}

/** Links in a mail are wrapped and encoded as quoted-printable. */
export function firstLink(mail: string): string {
  const plain = mail
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const link = /https?:\/\/[^\s"<]+/.exec(plain)?.[0];
  if (link === undefined) throw new Error("no link in the mail");
  return link;
}
