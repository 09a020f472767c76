import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { LimitTable } from "@/api/door-limits.ts";
import { chatDoor } from "@/api/doors/chat.ts";
import { liveDoor, readyDoor } from "@/api/doors/health.ts";
import { sepayWebhookDoor } from "@/api/doors/sepay-webhook.ts";
import { trpcDoor } from "@/api/doors/trpc.ts";

export type HttpDoor = { readonly url: string; readonly close: () => Promise<void> };

/**
 * The product's doors behind a real socket, as a server mounts them: the request's signal aborts
 * when the client goes away, and the response's body is cancelled.
 * @param limits in place of the product's own.
 */
export async function serveDoors(limits?: LimitTable): Promise<HttpDoor> {
  const parts = limits === undefined ? {} : { limits };
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, parts).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Parts = { readonly limits?: LimitTable };

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  parts: Parts,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => {
    gone.abort();
  });
  const response = await knock(await requestOf(incoming, gone.signal), parts);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    outgoing.end();
    return;
  }
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  outgoing.once("close", () => body.destroy());
  body.on("error", () => outgoing.destroy());
  body.pipe(outgoing);
}

async function requestOf(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === "string") headers.set(name, value);
  }
  const { method = "GET" } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const isStreamed = url.pathname.startsWith("/api/payment/");
  const body = hasBody && (isStreamed ? Readable.toWeb(incoming) : await buffer(incoming));
  // The DOM's types know neither Node's streams nor `duplex`, which a streamed body needs.
  const init = { method, headers, body: body || null, signal, duplex: "half" } as RequestInit;
  return new Request(url, init);
}

async function knock(request: Request, parts: Parts): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/webapi/chat/")) {
    return chatDoor(request, { provider: pathname.split("/")[3] ?? "auto" }, parts);
  }
  if (pathname.startsWith("/api/trpc")) return trpcDoor(request);
  if (pathname === "/api/payment/sepay/webhook") return sepayWebhookDoor(request);
  if (pathname === "/api/health/live") return liveDoor();
  if (pathname === "/api/health/ready") return readyDoor();
  return new Response("no such door", { status: 404 });
}
