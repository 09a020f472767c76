import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePerson, type Person } from "../factories/people.ts";
import { startFaultRig, type FaultRig } from "../support/fault-rig.ts";
import { paymentOf, plantOrder } from "../support/sepay-world.ts";
import {
  nextSepayId,
  postWebhook,
  SEPAY_ACCOUNT,
  SEPAY_SECRET,
  sepayBody,
  sepayTestSettings,
  signWebhook,
} from "../support/sepay.ts";
import { until } from "../support/until.ts";

const PAYER = "NGUYEN THI SAU BON MUOI LAM";
const BALANCE = 105_471_123;

let rig: FaultRig;
let person: Person;

beforeAll(async () => {
  const settings = { ...sepayTestSettings, LOG_LEVEL: "trace" };
  rig = await startFaultRig({ processes: 1, hasWorkers: true, settings });
  person = await makePerson(rig.database);
});

afterAll(() => rig.stop());

function notice(id: number, code: string): string {
  const texts = { content: `${PAYER} ${code}`, description: `BankAPINotify ${PAYER} ${code}` };
  return sepayBody({ id, code, ...texts, fields: { accumulated: BALANCE } });
}

/** Makes every insert into the table fail, for as long as `work` runs. */
async function whileBroken(table: string, work: () => Promise<void>): Promise<void> {
  const { sql } = rig.database;
  await sql.unsafe(`
    create function planted_fault() returns trigger language plpgsql as $$
      begin raise exception 'planted' using errcode = 'XX000'; end $$;
    create trigger planted_fault before insert on ${table} for each row execute function planted_fault();`);
  await work();
  await sql.unsafe("drop function planted_fault cascade");
}

describe("case 25: what payers write stays out of the logs", () => {
  it("however a delivery ends: applied, stale, forged, unreadable, broken while stored or applied", async () => {
    const { url } = rig.app(0);
    const { database } = rig;
    const send = async (status: number, given: Parameters<typeof postWebhook>) => {
      expect((await postWebhook(...given)).status).toBe(status);
    };
    const [first, second, third] = await Promise.all(
      Array.from({ length: 3 }, () => plantOrder(database, person)),
    );
    const broken = nextSepayId();
    await send(200, [url, notice(nextSepayId(), first?.code ?? "")]);
    await send(200, [
      url,
      notice(nextSepayId(), second?.code ?? ""),
      { nowSeconds: 1_700_000_000 },
    ]);
    await send(401, [url, notice(nextSepayId(), PAYER), { secret: "forged" }]);
    await send(200, [url, JSON.stringify({ id: 77_002, note: PAYER })]);
    await send(400, [url, `${PAYER}{`]);
    const unstored = notice(nextSepayId(), "");
    await whileBroken("payments", () => send(500, [url, unstored]));
    await whileBroken("grants", () => send(200, [url, notice(broken, third?.code ?? "")]));
    await until(() => rig.app(0).output().includes("waits for its job"));
    const { sql } = database;
    await sql`update graphile_worker._private_jobs set run_at = now() where key like 'apply-payments:%'`;
    await until(async () => (await paymentOf(database, broken))?.state === "applied", 20_000);
    const written = rig.app(0).output() + rig.app(0).errors();
    expect(written).toContain("a webhook was signed too long ago");
    expect(written).toContain("a webhook failed");
    const secrets = [PAYER, PAYER.slice(0, 12), String(BALANCE), SEPAY_ACCOUNT, SEPAY_SECRET];
    const { headers } = signWebhook(unstored);
    const bytes = Buffer.from(PAYER).toString("hex");
    for (const secret of [...secrets, headers["x-sepay-signature"]?.slice(0, 20) ?? "", bytes]) {
      expect(written).not.toContain(secret);
    }
  });
});
