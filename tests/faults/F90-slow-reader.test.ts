import { connect } from "node:net";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatDoor } from "@/api/doors/chat.ts";
import { openWire } from "@/api/doors/wire.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chatJson, ORIGIN, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { until } from "../support/until.ts";

const KIBIBYTE = 1024;
/** A word is an event of some 230 bytes on our wire: 23 MB, more than the buffers of two sockets. */
const ANSWER_WORDS = 100_000;
const WIRE_BYTES = ANSWER_WORDS * 200;

/** An answer of a provider that keeps to no bound of ours. */
function endlessAnswer(): string {
  const choices = [{ index: 0, delta: { content: "a " }, finish_reason: null }];
  const event = { id: "x", object: "chat.completion.chunk", model: "gpt-5.4-mini", choices };
  return `data: ${JSON.stringify(event)}\n\n`.repeat(ANSWER_WORDS);
}
const limits = { pauseBytes: 8 * KIBIBYTE, cutBytes: 64 * KIBIBYTE, stallMs: 600 };
const piece = "x".repeat(KIBIBYTE);
const never = new AbortController().signal;

describe("F90 the wire of a stream", () => {
  it("asks the writer to wait beyond the first bound, and lets it go on when that is read", async () => {
    const wire = openWire(never, limits);
    for (let count = 0; count < 8; count += 1) expect(wire.write(piece)).toBeUndefined();
    let hasRoom = false;
    const room = wire.write(piece)?.then(() => {
      hasRoom = true;
    });
    expect(room).toBeDefined();
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    const reader = wire.body.getReader();
    await reader.read();
    await room;
    expect(hasRoom).toBe(true);
    expect(wire.gone.aborted).toBe(false);
  });

  it("gives up a reader that leaves more unread than the second bound", async () => {
    const wire = openWire(never, limits);
    for (let count = 0; count < 65; count += 1) void wire.write(piece);
    expect(wire.gone.aborted).toBe(true);
    await expect(wire.body.getReader().read()).rejects.toThrow();
  });

  it("gives up a reader that takes nothing for a while, and frees the writer", async () => {
    const wire = openWire(never, limits);
    let waits: Promise<void> | undefined;
    for (let count = 0; count < 20 && waits === undefined; count += 1) waits = wire.write(piece);
    expect(waits).toBeDefined();
    await waits;
    expect(wire.gone.aborted).toBe(true);
  });

  it("keeps a reader that reads slowly, but reads, and every byte of it", async () => {
    const wire = openWire(never, limits);
    const sent = Array.from({ length: 40 }, (_, index) => `${index} `.padEnd(KIBIBYTE, "."));
    const writing = (async () => {
      for (const text of sent) await wire.write(text);
      wire.close();
    })();
    const decoder = new TextDecoder();
    let got = "";
    for await (const bytes of wire.body) {
      got += decoder.decode(bytes, { stream: true });
      await new Promise((resolve) => setTimeout(resolve, limits.stallMs / 10));
    }
    await writing;
    expect(got).toBe(sent.join(""));
    expect(wire.gone.aborted).toBe(false);
  });

  it("gives up a reader that leaves the end unread", async () => {
    const wire = openWire(never, limits);
    void wire.write(piece);
    wire.close();
    await until(() => wire.gone.aborted);
  });
});

describe("F90 a reader that stops reading", () => {
  let app: AppUnderTest;
  let server: Server;
  let person: Person;

  beforeAll(async () => {
    app = await startApp();
    person = await makeCustomer(app.database);
    server = createServer((incoming, outgoing) => {
      void (async () => {
        const gone = new AbortController();
        outgoing.once("close", () => gone.abort());
        const request = new Request(`${ORIGIN}/webapi/chat/auto`, {
          method: "POST",
          headers: { origin: ORIGIN, "content-type": "application/json", cookie: person.cookie },
          body: await buffer(incoming),
          signal: gone.signal,
        });
        const pace = { firstHeartbeatMs: 10_000, heartbeatMs: 15_000, limits };
        const response = await chatDoor(request, { provider: "auto" }, { pace });
        outgoing.writeHead(response.status);
        const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
        body.on("error", () => outgoing.destroy());
        body.pipe(outgoing);
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterAll(async () => {
    expect(await contradictions(app.database.sql)).toEqual([]);
    server.closeAllConnections();
    server.close();
    await app.stop();
  });

  it("stops its provider within the bound, settles, and is told nothing more", async () => {
    const socket = await openReader();
    app.simulator.script({ rawBody: endlessAnswer() });
    const body = chatJson({ model: "openai/gpt-5.4-mini" });
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    socket.pause();
    await app.simulator.waitForCalls(1);
    const [turn] = await until(async () => {
      const rows = await app.database.sql`
        select l.source, r.state, c.outcome, c.output_tokens_seen from reservations r
          join provider_calls c on c.reservation_id = r.id
          join usage_logs l on l.provider_call_id = c.id
         where r.org_id = ${person.orgId} and r.state = 'settled'`;
      return rows.length > 0 ? rows : null;
    }, 20_000);
    expect(turn).toMatchObject({ state: "settled", source: "estimated", outcome: "interrupted" });
    let received = 0;
    const ended = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => (received += bytes.byteLength));
    socket.resume();
    await ended;
    // What came is what the kernel had taken; the rest was never sent, nor kept.
    expect(received).toBeLessThan(WIRE_BYTES);
  });

  async function openReader(): Promise<Socket> {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    return socket;
  }
});
