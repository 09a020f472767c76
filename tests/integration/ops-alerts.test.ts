import { randomUUID } from "node:crypto";
import { SMTPServer } from "smtp-server";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { metricsDoor } from "@/api/doors/metrics.ts";
import { deliverNotice, deliverOutbox } from "@/features/alerts/deliver-outbox.ts";
import { DELIVERY_ATTEMPTS_MAX } from "@/features/alerts/post-notice.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import { runJobs } from "@/features/jobs/run-job-now.ts";
import { createUser } from "@/features/orgs/create-user.ts";
import { countProviderCall } from "@/server/metrics.ts";
import { openMailbox, testSettings, type Mailbox } from "../support/identity-rig.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

let database: TestDatabase;
let mailbox: Mailbox;
let settings: ReturnType<typeof testSettings>;

beforeAll(async () => {
  [database, mailbox] = await Promise.all([createTestDatabase(), openMailbox()]);
  settings = testSettings(database.url, { SMTP_URL: mailbox.url });
  await person("ops@pho.example", "ops", "vi");
  await person("admin@pho.example", "admin", "en");
  await person("khach@pho.example", "user", "vi");
});

beforeEach(async () => {
  await database.sql`delete from graphile_worker._private_jobs`;
  await database.sql`delete from outbox`;
});

afterAll(async () => {
  await mailbox.close();
  await database.drop();
});

async function person(email: string, role: "ops" | "admin" | "user", locale: string) {
  const { userId } = await createUser(database.db, {
    ...{ email, role, name: "An", password: "mật khẩu rất dài", isVerified: true },
    ...{ actor: "test", requestId: "test" },
  });
  await database.sql`update users set locale = ${locale} where id = ${userId}`;
}

const raise = (dedupeKey: string) =>
  raiseOpsAlert(database.db, {
    ...{ kind: "model_unpriced", dedupeKey, payload: { modelId: dedupeKey.split(":")[1] ?? "" } },
  });

const notices = () =>
  database.sql`select id, attempts, last_error, delivered_at, dead_at from outbox order by created_at, id`;

const mailsAbout = (text: string) =>
  mailbox.messages.filter((mail) => decoded(mail).includes(text)).map(decoded);

/** Quoted-printable, as the mail goes over the wire. */
function decoded(mail: string): string {
  const bytes = mail
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** A mail server that takes a number of mails and refuses the others. */
async function openStingyServer(accepted: number): Promise<{ url: string; close: () => void }> {
  let left = accepted;
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on("end", () => {
        left -= 1;
        done(left < 0 ? new Error("mailbox full") : undefined);
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, close: () => server.close(() => undefined) };
}

describe("an alert", () => {
  it("is mailed once to ops and admins, each in their own language, and then only counted", async () => {
    const key = `model_unpriced:local/${randomUUID()}`;
    await Promise.all(Array.from({ length: 8 }, () => raise(key)));
    await runJobs({ connectionString: database.url });
    await raise(key);
    await runJobs({ connectionString: database.url });
    const mails = mailsAbout(key);
    expect(mails.map((mail) => /^To: (.*)$/m.exec(mail)?.[1]?.trim()).sort()).toEqual([
      "admin@pho.example",
      "ops@pho.example",
    ]);
    const [english, vietnamese] = ["admin@", "ops@"].map((to) =>
      mails.find((mail) => mail.includes(`To: ${to}`)),
    );
    expect(english).toContain("It is closed to everybody until it has one");
    expect(vietnamese).toContain("Mô hình bị đóng với mọi người cho đến khi có giá");
    const [row] = await database.sql`select occurrences from ops_alerts where dedupe_key = ${key}`;
    expect(row).toEqual({ occurrences: 9 });
    expect(await notices()).toMatchObject([{ attempts: 1, delivered_at: expect.any(Date) }]);
  });

  it("is news again after it was resolved", async () => {
    const key = `model_unpriced:local/${randomUUID()}`;
    await raise(key);
    await resolveOpsAlert(database.db, key);
    await resolveOpsAlert(database.db, key);
    await raise(key);
    await runJobs({ connectionString: database.url });
    expect(mailsAbout(key)).toHaveLength(4);
  });

  it("raised in a transaction that fails is not told", async () => {
    const key = `model_unpriced:local/${randomUUID()}`;
    await database.db
      .transaction(async (tx) => {
        await raiseOpsAlert(tx, { kind: "model_unpriced", dedupeKey: key, payload: {} });
        throw new Error("undone");
      })
      .catch(() => undefined);
    expect(await notices()).toEqual([]);
    expect(await database.sql`select 1 from graphile_worker.jobs`).toEqual([]);
  });
});

describe("a notice that cannot be delivered", () => {
  const newNotice = async () => {
    await raise(`model_unpriced:local/${randomUUID()}`);
    const [row] = await notices();
    return String(row?.["id"]);
  };
  const deliver = (outboxId: string, smtp: string) =>
    deliverNotice(database.db, { outboxId, settings: { ...settings, SMTP_URL: smtp } });

  it("goes again to those who have not had it, and not to the others", async () => {
    const outboxId = await newNotice();
    const stingy = await openStingyServer(1);
    await expect(deliver(outboxId, stingy.url)).rejects.toThrow("mailbox full");
    expect(await notices()).toMatchObject([
      { attempts: 1, delivered_at: null, last_error: expect.stringContaining("mailbox full") },
    ]);
    stingy.close();
    const before = mailbox.messages.length;
    await deliver(outboxId, mailbox.url);
    expect(mailbox.messages.length - before).toBe(1);
    await deliver(outboxId, mailbox.url);
    expect(mailbox.messages.length - before).toBe(1);
  });

  it("is retried by the queue later, and given up after the last attempt, which ops is told", async () => {
    const outboxId = await newNotice();
    const stingy = await openStingyServer(0);
    for (let attempt = 1; attempt < DELIVERY_ATTEMPTS_MAX; attempt += 1) {
      await expect(deliver(outboxId, stingy.url)).rejects.toThrow();
    }
    await deliver(outboxId, stingy.url);
    stingy.close();
    const dead = (await notices()).find((row) => row["id"] === outboxId);
    expect(dead).toMatchObject({
      ...{ attempts: DELIVERY_ATTEMPTS_MAX, delivered_at: null, dead_at: expect.any(Date) },
    });
    const [alert] = await database.sql`
      select kind, resolved_at from ops_alerts where dedupe_key = 'job_dead:deliver-outbox'`;
    expect(alert).toEqual({ kind: "job_dead", resolved_at: null });
  });

  it("waits longer with each attempt", async () => {
    await newNotice();
    const stingy = await openStingyServer(0);
    process.env["SMTP_URL"] = stingy.url;
    await database.sql`update outbox set payload = '{}'`;
    await runJobs({ connectionString: database.url });
    stingy.close();
    const [job] = await database.sql`
      select attempts, max_attempts, run_at > now() + interval '2 seconds' as is_later from graphile_worker.jobs`;
    expect(job).toEqual({ attempts: 1, max_attempts: DELIVERY_ATTEMPTS_MAX, is_later: true });
  });

  it("that lost its job gets another one; one killed in its last attempt is given up", async () => {
    const outboxId = await newNotice();
    await database.sql`delete from graphile_worker._private_jobs`;
    await deliverOutbox(database.db, {});
    const jobs = () => database.sql`select key, attempts from graphile_worker.jobs`;
    expect(await jobs()).toEqual([{ key: `deliver-outbox:${outboxId}`, attempts: 0 }]);
    await database.sql`update graphile_worker._private_jobs set attempts = max_attempts`;
    await database.sql`update outbox set attempts = ${DELIVERY_ATTEMPTS_MAX} where id = ${outboxId}`;
    await deliverOutbox(database.db, {});
    const dead = (await notices()).find((row) => row["id"] === outboxId);
    expect(dead).toMatchObject({ dead_at: expect.any(Date) });
  });
});

describe("GET /api/metrics", () => {
  const token = "a token of sixteen";
  const scrape = (authorization?: string, parts = { db: database.db, token }) =>
    metricsDoor(
      new Request("http://localhost/api/metrics", {
        headers: authorization === undefined ? {} : { authorization },
      }),
      parts,
    );

  it("does not exist without METRICS_TOKEN and asks for it otherwise", async () => {
    const closed = await metricsDoor(new Request("http://localhost/api/metrics"), {
      ...{ db: database.db, token: undefined },
    });
    expect(closed.status).toBe(404);
    for (const wrong of [undefined, "Bearer x", token, `Basic ${token}`, "Bearer "]) {
      expect((await scrape(wrong)).status).toBe(401);
    }
  });

  it("tells every invariant, the open alerts and the counters of this process", async () => {
    await raiseOpsAlert(database.db, {
      ...{ kind: "invariant_violated", dedupeKey: "invariant_violated:6-cost" },
      payload: { id: "6-cost", rows: 3 },
    });
    countProviderCall("openai", "complete");
    const response = await scrape(`Bearer ${token}`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(text).toContain('invariant_violations{id="6-cost"} 3');
    expect(text).toContain('invariant_violations{id="1-used"} 0');
    expect(text).toContain('ops_alerts_open{kind="invariant_violated"} 1');
    expect(text).toContain('provider_calls_total{provider="openai",outcome="complete"} 1');
    expect(text).toContain("database_up 1");
    await resolveOpsAlert(database.db, "invariant_violated:6-cost");
    const later = await (await scrape(`Bearer ${token}`)).text();
    expect(later).toContain('invariant_violations{id="6-cost"} 0');
  });
});
