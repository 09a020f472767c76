import { randomUUID } from "node:crypto";

declare global {
  var phoChatProcessId: string | undefined;
}

/**
 * The id under which this process answers turns (`app_processes.id`), new with each start. Kept on
 * the process: Next loads this file once per bundle.
 */
export function processId(): string {
  globalThis.phoChatProcessId ??= randomUUID();
  return globalThis.phoChatProcessId;
}
