import type { Bill } from "./simulator-bill.ts";
import type { FilledScript } from "./simulator-script.ts";

/** What a wire format needs to know of an answer to write it. */
export type Answer = {
  readonly callId: string;
  readonly servedModel: string;
  readonly script: FilledScript;
  readonly finish: "stop" | "length" | "refused";
  readonly includeUsage: boolean;
  /** The bill so far; the input side is final from the start. */
  readonly bill: () => Readonly<Bill>;
};

/** One provider's wire format: every function gives complete server-sent events. */
export type Wire = {
  readonly headers: (callId: string) => Record<string, string>;
  readonly open: (answer: Answer) => string;
  readonly reasoning: (answer: Answer, text: string) => string;
  readonly text: (answer: Answer, text: string) => string;
  readonly close: (answer: Answer) => string;
  readonly errorEvent: (answer: Answer) => string;
  readonly errorBody: (script: FilledScript, callId: string) => unknown;
};

/** Server-sent event without a name, as OpenAI sends them. */
export function dataEvent(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}

/** Server-sent event named by the payload's `type`, as Anthropic sends them. */
export function namedEvent(payload: {
  readonly type: string;
  readonly [field: string]: unknown;
}): string {
  return `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
}
