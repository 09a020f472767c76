import { setTimeout as pause } from "node:timers/promises";
import type { FaultRig } from "../support/fault-rig.ts";
import type { TcpProxy } from "../support/tcp-proxy.ts";
import {
  drawBlow,
  type Blow,
  type Kill,
  type LineFault,
  type Random,
  type Rhythm,
} from "./soak-plan.ts";
import { count, type Tally } from "./soak-user.ts";

/** How long an armed crash point may wait to be passed before the process is killed outright. */
const ARMED_MS = 3_000;

/** After a broken line progress must reach the database again before the next kill is fair. */
const RECOVER_MS = 1_500;

/** Starts every instance anew whenever it ends, until told to stop. */
export function keepRunning(rig: FaultRig, over: AbortSignal): Promise<void> {
  const isOver = aborted(over);
  const keep = async (index: number) => {
    for (;;) {
      const ended = await Promise.race([rig.app(index).gone, isOver]);
      if (ended === null || over.aborted) return;
      await rig.restart(index);
    }
  };
  return Promise.all(rig.apps.map((_, index) => keep(index))).then(() => undefined);
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

/** Deals the blows of the plan one after the other until the time is over. */
export async function dealBlows(
  rig: FaultRig,
  input: {
    readonly random: Random;
    readonly rhythm: Rhythm;
    readonly tally: Tally;
    readonly over: AbortSignal;
  },
): Promise<void> {
  const isOver = aborted(input.over);
  for (;;) {
    const { afterMs, blow } = drawBlow(input.random, {
      apps: rig.apps.length,
      rhythm: input.rhythm,
    });
    await Promise.race([pause(afterMs), isOver]);
    if (input.over.aborted) return;
    const isDealt = await deal(rig, blow);
    if (isDealt) count(input.tally, nameOf(blow));
  }
}

function nameOf(blow: Blow): string {
  if (blow.kind === "line") return `${blow.line} ${blow.fault}`;
  return blow.label === null ? "kill" : `kill at ${blow.label}`;
}

/** @returns false when nobody was there to be hit. */
async function deal(rig: FaultRig, blow: Blow): Promise<boolean> {
  if (blow.kind === "kill") return kill(rig, blow);
  await breakLine(blow.line === "database" ? rig.databaseLine : rig.providerLine, blow);
  return true;
}

/** The one that was drawn, or the other while that one is still starting. */
async function kill(rig: FaultRig, { app: index, label, hits }: Kill): Promise<boolean> {
  const app = [rig.app(index), ...rig.apps].find((one) => one.isAlive());
  if (app === undefined) return false;
  if (label !== null) {
    await Promise.race([app.armCrash(label, hits), app.gone]);
    await Promise.race([app.gone, pause(ARMED_MS)]);
  }
  await app.kill();
  return true;
}

async function breakLine(line: TcpProxy, { fault, lastsMs }: LineFault): Promise<void> {
  if (fault === "reset") line.reset();
  else if (fault === "cut") await line.cut();
  else if (fault === "delay") line.delay(50);
  else line.blackHole();
  await pause(lastsMs);
  await line.mend();
  await pause(RECOVER_MS);
}
