import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sepayWebhookDoor } from "@/api/doors/sepay-webhook.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { serveDoors, type HttpDoor } from "../support/http-door.ts";
import { countStored, deliver, paymentOf, TAKEN, told } from "../support/sepay-world.ts";
import {
  nextSepayId,
  sepayBody,
  sepayTestSettings,
  SEPAY_WEBHOOK_PATH,
  signedWebhook,
  signWebhook,
} from "../support/sepay.ts";

const KIBIBYTE = 1024;
const BODY_BYTES_MAX = 64 * KIBIBYTE;
const ANSWERED_WITHIN_MS = 10_000;

let app: AppUnderTest;
let door: HttpDoor;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
  door = await serveDoors();
});

afterAll(async () => {
  await door.close();
  await app.stop();
});

async function expectNothingStored(work: () => Promise<void>): Promise<void> {
  const before = await countStored(app.database);
  await work();
  expect(await countStored(app.database)).toEqual(before);
}

type RawAnswer = { readonly status: number; readonly text: string; readonly tookMs: number };

type Write = (bytes: string | Uint8Array) => void;

/** Speaks HTTP by hand. @param send called once connected; may go on writing until it is closed. */
function raw(
  headers: Readonly<Record<string, string>>,
  send: (write: Write, closed: AbortSignal) => void,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(door.url);
  const lines = Object.entries({ host: hostname, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const startedAtMs = performance.now();
  return new Promise((resolve) => {
    let text = "";
    const closed = new AbortController();
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST ${SEPAY_WEBHOOK_PATH} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      send((bytes) => {
        if (socket.writable) socket.write(bytes);
      }, closed.signal);
    });
    socket.on("data", (bytes) => (text += bytes.toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      closed.abort();
      const status = Number(/^HTTP\/1.1 (\d{3})/.exec(text)?.[1] ?? 0);
      resolve({ status, text, tookMs: performance.now() - startedAtMs });
    });
  });
}

const json = { "content-type": "application/json" };
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

describe("F48 hostile bodies at the webhook's door", () => {
  it("as large as allowed is read, one byte more is not", async () => {
    const id = nextSepayId();
    const short = sepayBody({ id });
    const filled = (bytes: number) => short + " ".repeat(bytes - Buffer.byteLength(short));
    await expectNothingStored(async () => {
      const { status, text } = await deliver(filled(BODY_BYTES_MAX + 1));
      expect(status).toBe(413);
      expect(JSON.parse(text)).toMatchObject({ error: { code: "payload_too_large" } });
    });
    expect(await deliver(filled(BODY_BYTES_MAX))).toMatchObject(TAKEN);
    expect(await paymentOf(app.database, id)).not.toBeNull();
  });

  it("announced as too large: 413 without waiting for it", () =>
    expectNothingStored(async () => {
      const answer = await raw({ ...json, "content-length": String(10 ** 9) }, (write) =>
        write("{"),
      );
      expect(answer.status).toBe(413);
      expect(answer.tookMs).toBeLessThan(2_000);
    }));

  it("too large in chunks, without saying so: 413", () =>
    expectNothingStored(async () => {
      const answer = await raw({ ...json, "transfer-encoding": "chunked" }, (write) => {
        for (let sent = 0; sent <= BODY_BYTES_MAX; sent += KIBIBYTE)
          write(chunk(" ".repeat(KIBIBYTE)));
      });
      expect(answer.status).toBe(413);
    }));

  it("without end, as fast as it can: no more is taken than allowed", () =>
    expectNothingStored(async () => {
      let takenBytes = 0;
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          takenBytes += KIBIBYTE;
          controller.enqueue(new Uint8Array(KIBIBYTE));
        },
      });
      const request = new Request(`${door.url}${SEPAY_WEBHOOK_PATH}`, {
        ...{ method: "POST", headers: json, body, duplex: "half" },
      });
      expect((await told(await sepayWebhookDoor(request))).status).toBe(413);
      expect(takenBytes).toBeLessThan(BODY_BYTES_MAX + 8 * KIBIBYTE);
    }));

  it("that never ends, or trickles: left after five seconds", () =>
    expectNothingStored(async () => {
      const chunked = { ...json, "transfer-encoding": "chunked" };
      const silent = raw(chunked, (write) => write(chunk('{"id":')));
      const shortOf = raw({ ...json, "content-length": "500" }, (write) => write("{"));
      const trickling = raw(chunked, (write, closed) => {
        const timer = setInterval(() => write(chunk(" ")), 100);
        closed.addEventListener("abort", () => clearInterval(timer));
      });
      for (const answer of await Promise.all([silent, shortOf, trickling])) {
        expect(answer.status).toBe(400);
        expect(answer.text).toContain("invalid_input");
        expect(answer.tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
      }
    }));

  it("whose sender goes away in the middle: nothing is stored, and the door stays open", async () => {
    const { body, headers } = signWebhook(sepayBody());
    await expectNothingStored(async () => {
      const { hostname, port } = new URL(door.url);
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          const lines = Object.entries({
            host: hostname,
            ...headers,
            "content-length": String(body.length),
          });
          socket.write(`POST ${SEPAY_WEBHOOK_PATH} HTTP/1.1\r\n`);
          socket.write(`${lines.map((line) => line.join(": ")).join("\r\n")}\r\n\r\n`);
          socket.write(body.subarray(0, 100), () => socket.resetAndDestroy());
        });
        socket.on("error", () => undefined);
        socket.on("close", () => resolve());
      });
    });
    expect(await deliver(sepayBody())).toMatchObject(TAKEN);
  });

  it.each([
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["a multipart form", { "content-type": "multipart/form-data; boundary=x" }],
    ["text", { "content-type": "text/plain" }],
    ["nothing said", { "content-type": "" }],
    ["JSON's cousin", { "content-type": "application/json-patch+json" }],
    ["gzip", { "content-encoding": "gzip" }],
    ["two encodings", { "content-encoding": "identity, br" }],
  ])("%s: 415, though it is signed", (_, headers) =>
    expectNothingStored(async () => {
      const { status, text } = await deliver(sepayBody(), { headers });
      expect(status).toBe(415);
      expect(JSON.parse(text)).toMatchObject({ error: { code: "unsupported_media_type" } });
    }),
  );

  it("a gzip bomb is not opened", () =>
    expectNothingStored(async () => {
      const bomb = gzipSync(Buffer.alloc(40 * KIBIBYTE * KIBIBYTE, " "));
      expect(bomb.length).toBeLessThan(BODY_BYTES_MAX);
      const encoded = { "content-encoding": "gzip" };
      expect((await deliver(bomb, { headers: encoded })).status).toBe(415);
      // Without saying so it is only bytes that are no JSON.
      expect((await deliver(bomb)).status).toBe(400);
    }));

  it.each([
    ["nothing", ""],
    ["half of it", '{"id":1,'],
    ["no JSON", "id=1&transferAmount=99000"],
    ["an open nest", "[".repeat(60_000)],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
  ])("%s, signed: 400", (_, body) =>
    expectNothingStored(async () => {
      expect((await deliver(body)).status).toBe(400);
    }),
  );

  it("JSON nested 30,000 deep, signed: kept as what it is, unreadable", async () => {
    const nest = "[".repeat(30_000) + "]".repeat(30_000);
    expect(await deliver(nest)).toMatchObject(TAKEN);
    expect(await deliver(`{"id":77001,"deep":${nest}}`)).toMatchObject(TAKEN);
    expect(await paymentOf(app.database, 77_001)).toMatchObject({
      state: "review",
      reason: "unreadable",
    });
  });

  it("a deep nest beside good fields does not keep the transfer from being read", async () => {
    const id = nextSepayId();
    const nest = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const body = sepayBody({ id }).replace("{", `{"deep":${nest},`);
    expect(await deliver(body)).toMatchObject(TAKEN);
    expect(await paymentOf(app.database, id)).toMatchObject({ reason: "no_code" });
  });

  it("the door is as it was after all of that", async () => {
    const request = signedWebhook(sepayBody());
    expect(await told(await sepayWebhookDoor(request))).toMatchObject(TAKEN);
  });
});
