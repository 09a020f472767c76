import { createHash } from "node:crypto";

/** No value of JSON. */
export const NOT_JSON = Symbol("not JSON");

/** The bytes as JSON in UTF-8, or `NOT_JSON`. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return NOT_JSON;
  }
}

/** The key of a proven delivery that does not say what it is about: the same for the same bytes. */
export function keyOfBytes(bytes: Uint8Array): string {
  return `unreadable:${createHash("sha256").update(bytes).digest("hex")}`;
}
