import type { CrashLabel } from "@/server/crash-points.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import type { ChatBody } from "./app-under-test.ts";
import { startFaultRig, type FaultRig } from "./fault-rig.ts";
import { consultOracle, markedQuestion, type OracleReport } from "./oracle.ts";
import type { SimulatorCall, SimulatorScript } from "./provider-simulator.ts";
import { untilQuiet } from "./quiescence.ts";
import { readAnswer } from "./read-answer.ts";

const MODEL = "openai/gpt-5.4-mini";

/** What was left of a turn whose process was killed under it, after the next one had started. */
export type CrashedTurn = {
  readonly person: Person;
  readonly body: ChatBody & { readonly messageId: string };
  /** What the asker had read when the connection broke. */
  readonly textRead: string;
  /** The provider's calls for this turn. */
  readonly calls: readonly SimulatorCall[];
  readonly after: TurnRows;
};

export type TurnRows = {
  readonly turn: { readonly state: string; readonly isRecovered: boolean } | null;
  readonly hold: string | null;
  readonly logs: readonly UsageRow[];
  readonly credits: number;
  readonly messages: readonly { readonly role: string; readonly state: string; text: string }[];
  readonly reserved: string;
};

type UsageRow = {
  readonly source: string;
  readonly input: number;
  readonly output: number;
  readonly cost: string;
};

/** One instance with its job workers, which is killed and started anew. */
export function startCrashRig(): Promise<FaultRig> {
  return startFaultRig({ processes: 1, hasWorkers: true });
}

export type Crash = {
  /** Killed at this point; null: killed from outside once `killWhen` is met. */
  readonly label: CrashLabel | null;
  readonly hits?: number;
  readonly script?: SimulatorScript;
  readonly killWhen?: (rig: FaultRig, turnId: string) => Promise<void>;
};

/**
 * Asks, has the process killed on the way, starts it anew and waits until nothing runs or is held.
 * An answer before it has loaded what the first call of a process loads.
 */
export async function crashTurn(rig: FaultRig, crash: Crash): Promise<CrashedTurn> {
  const person = await makeCustomer(rig.database, { locale: "en" });
  const app = rig.app(0);
  await readAnswer(await app.chat(person, { ...markedQuestion({ output: 4 }), model: MODEL }));
  const body = { ...markedQuestion(crash.script), model: MODEL };
  if (crash.label !== null) await app.armCrash(crash.label, crash.hits);
  let textRead = "";
  const asked = app
    .chat(person, body)
    .then((response) => readAnswer(response, (text) => (textRead = text)))
    .then(
      () => "answered",
      () => "cut",
    );
  if (crash.killWhen !== undefined) {
    await crash.killWhen(rig, body.messageId);
    await app.kill();
  }
  const { signal } = await app.gone;
  if (signal !== "SIGKILL" || (await asked) !== "cut") throw new Error("it was to be killed");
  rig.simulator.release();
  await rig.restart(0);
  await untilQuiet(rig.database.sql);
  const calls = rig.simulator.everyCall.filter((call) =>
    call.lastUserText.includes(body.messageId),
  );
  return { person, body, textRead, calls, after: await rowsOfTurn(rig, body.messageId) };
}

/** All that the books and the conversation have of a turn. */
export async function rowsOfTurn({ database }: FaultRig, turnId: string): Promise<TurnRows> {
  const { sql } = database;
  const [row] = await sql`
    select (select jsonb_build_object('state', t.state, 'isRecovered', t.recovered_at is not null)
              from turns t where t.id = ${turnId}) as turn,
           (select state from reservations where turn_id = ${turnId}) as hold,
           (select count(*) from usage_logs where turn_id = ${turnId} and reason = 'failed_answer')::int as credits,
           (select coalesce(sum(reserved_micro_vnd), 0)::text from budget_periods) as reserved`;
  const logs = await sql<UsageRow[]>`
    select source, fresh_input_tokens as input, output_tokens as output, cost_micro_vnd::text as cost
      from usage_logs where turn_id = ${turnId} and kind = 'usage'`;
  const messages = await sql<TurnRows["messages"][number][]>`
    select role, state, coalesce(parts->0->>'text', '') as text from messages where turn_id = ${turnId} order by seq`;
  return {
    turn: row?.["turn"] as TurnRows["turn"],
    hold: row?.["hold"] as string | null,
    credits: Number(row?.["credits"]),
    reserved: String(row?.["reserved"]),
    logs: [...logs],
    messages: [...messages],
  };
}

/** The oracle on everything this rig has done so far. */
export async function oracleOf(rig: FaultRig): Promise<OracleReport> {
  await untilQuiet(rig.database.sql);
  return consultOracle(rig.database.sql, rig.simulator.everyCall);
}

/** The same question once more, under its id. */
export function askAgain(rig: FaultRig, { person, body }: CrashedTurn): Promise<Response> {
  return rig.app(0).chat(person, body);
}
