import type { CrashLabel } from "@/server/crash-points.ts";

/**
 * Loaded with `--import` before the product, in the fault rig only: kills this process the way the
 * kernel would (SIGKILL, nothing runs after it) when it passes the armed crash point often enough.
 * Armed by `PHO_CRASH_AT=label:hits`, or while it runs by `phoChatArmCrash`.
 */

type Armed = { readonly label: string; hitsLeft: number };

declare global {
  var phoChatArmCrash: ((command: string) => void) | undefined;
}

let armed: Armed | null = null;

/** `label:hits`, the first hit being 1; an empty text disarms. */
function arm(command: string): void {
  const [label = "", hits = "1"] = command.split(":");
  armed = label === "" ? null : { label, hitsLeft: Number(hits) };
}

function pass(label: CrashLabel): void {
  if (armed?.label !== label) return;
  armed.hitsLeft -= 1;
  if (armed.hitsLeft === 0) process.kill(process.pid, "SIGKILL");
}

globalThis.phoChatCrashPoint = pass;
globalThis.phoChatArmCrash = arm;
arm(process.env["PHO_CRASH_AT"] ?? "");
