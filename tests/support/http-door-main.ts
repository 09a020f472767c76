import { createInterface } from "node:readline";
import { startWorkers, stopWorkers } from "@/features/jobs/start-workers.ts";
import { serveDoors } from "./http-door.ts";

const roomy = { countMax: 1_000_000, windowMs: 60_000 };
const ofDoor = { user: roomy, organisation: roomy, address: roomy };

/** What a rig asks in a minute no person does; the limits have tests of their own. */
const roomyLimits = { chat: ofDoor, preview: ofDoor, procedure: ofDoor };

/**
 * A second instance of the product: its doors in a process of its own, on the settings of its
 * environment. Prints its address in one line and serves until its standard input ends. A line
 * `crash label:hits` on it arms a crash point, where the rig has loaded them. With
 * `PHO_RIG_WORKERS=1` it does its jobs as well.
 */
const hasWorkers = process.env["PHO_RIG_WORKERS"] === "1";
if (hasWorkers) startWorkers();
const door = await serveDoors(roomyLimits);
process.stdout.write(`${door.url}\n`);
const commands = createInterface({ input: process.stdin });
commands.on("line", (line) => {
  const [verb, argument = ""] = line.split(" ");
  if (verb !== "crash") return;
  globalThis.phoChatArmCrash?.(argument);
  process.stdout.write(`armed ${argument}\n`);
});
commands.once("close", () => {
  void stopWorkers().then(() => process.exit(0));
});
