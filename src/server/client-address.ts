import { randomUUID } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { normalizeIP } from "@better-auth/core/utils/ip";

/** On the process, not in the module: Next loads this file once per bundle. */
declare global {
  var phoChatSocketHeader: string | undefined;
}

/**
 * Lets route handlers know the socket's address: Next hands them headers only and keeps a caller's
 * own `X-Forwarded-For`. Node announces each request before it is handled; the address is put under
 * a header name that nobody outside this process can guess. Call once when the server starts;
 * calling again does nothing.
 */
export function noteSocketAddresses(): void {
  if (globalThis.phoChatSocketHeader !== undefined) return;
  const header = `x-socket-${randomUUID()}`;
  globalThis.phoChatSocketHeader = header;
  subscribe("http.server.request.start", (message) => {
    if (typeof message !== "object" || message === null || !("request" in message)) return;
    const { request } = message;
    if (request instanceof IncomingMessage)
      request.headers[header] = request.socket.remoteAddress ?? "";
  });
}

/**
 * Who is calling, as far as it can be trusted: with `hops` proxies of ours in front, the entry the
 * outermost of them added to `X-Forwarded-For`; with none, the socket's address. `Forwarded`,
 * `X-Real-IP` and the like are never read.
 * @returns the address (IPv6 cut to its /64, which one customer holds), or `"unknown"`, one bucket
 * for all of them.
 */
export function clientAddress(headers: Headers, hops: number): string {
  const socketHeader = globalThis.phoChatSocketHeader;
  const socketAddress = socketHeader === undefined ? null : headers.get(socketHeader);
  if (hops === 0) return normalised(socketAddress);
  const chain = (headers.get("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  const entry = chain.at(-hops);
  return normalised(entry === undefined || entry === "" ? socketAddress : entry);
}

function normalised(address: string | null): string {
  if (address === null || isIP(address) === 0) return "unknown";
  return normalizeIP(address, { ipv6Subnet: 64 });
}
