import type { SimulatorScript } from "../support/provider-simulator.ts";

/** A question that tells the simulator how to answer it. */
export function ask(script: SimulatorScript, words = "Why is the sky blue?"): string {
  return `${words} [[sim:${JSON.stringify(script)}]]`;
}
