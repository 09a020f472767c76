import { createConnection, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * What a client sends up to the point where it needs the server's answer: one round trip. Times are
 * of `performance.now()`.
 */
export type Flight = { readonly sentAtMs: number; answeredAtMs: number | null };

/** Statements that are counted for themselves and never held: the rate limiter's. */
const APART = "rate_limits";

export type RoundTripProxy = {
  /** The address of a database of this server, by way of the proxy. */
  readonly through: (databaseUrl: string) => string;
  /** Counts anew and lets `count` more flights pass; later ones wait, unsent, for `release`. */
  readonly holdAfter: (count: number) => void;
  /** Lets one more flight pass: a waiting one at once. */
  readonly allowOneMore: () => void;
  readonly isHolding: () => boolean;
  readonly release: () => void;
  /** The flights let through since the last `holdAfter`, on all connections. */
  readonly flights: () => readonly Flight[];
  /** As `flights`, of the rate limiter alone, which are not among those. */
  readonly flightsApart: () => readonly Flight[];
  readonly close: () => Promise<void>;
};

type Gate = {
  allowed: number;
  flights: Flight[];
  flightsApart: Flight[];
  readonly waiting: Set<() => void>;
};

/**
 * A TCP proxy before PostgreSQL that counts round trips by the frontend protocol and can stop them
 * after a number of them: what happens while it is shut needed no more than that.
 * @param serverUrl any database of the server.
 */
export async function startRoundTripProxy(serverUrl: string): Promise<RoundTripProxy> {
  const upstream = new URL(serverUrl);
  const gate: Gate = {
    ...{ allowed: Number.POSITIVE_INFINITY, flights: [], flightsApart: [] },
    waiting: new Set(),
  };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = createConnection(Number(upstream.port || 5432), upstream.hostname);
    for (const socket of [client, database]) {
      sockets.add(socket.setNoDelay(true));
      socket.once("close", () => sockets.delete(socket));
      // The other side tells its user.
      socket.on("error", () => undefined);
    }
    join(client, database, gate);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server.address());
  const allow = (count: number) => {
    gate.allowed = count;
    for (const pass of [...gate.waiting]) pass();
  };
  return {
    through: (databaseUrl) => {
      const url = new URL(databaseUrl);
      url.hostname = "127.0.0.1";
      url.port = String(port);
      return url.href;
    },
    holdAfter: (count) => {
      gate.flights = [];
      gate.flightsApart = [];
      gate.allowed = count;
    },
    allowOneMore: () => allow(gate.allowed + 1),
    isHolding: () => gate.waiting.size > 0,
    release: () => allow(Number.POSITIVE_INFINITY),
    flights: () => gate.flights,
    flightsApart: () => gate.flightsApart,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return address.port;
}

function join(client: Socket, database: Socket, gate: Gate): void {
  const split = makeFlightSplitter();
  let held: SplitFlight[] = [];
  let last: Flight | null = null;
  const pass = () => {
    for (let [next] = held; next !== undefined; [next] = held) {
      if (!next.isApart && gate.flights.length >= gate.allowed) break;
      last = { sentAtMs: performance.now(), answeredAtMs: null };
      (next.isApart ? gate.flightsApart : gate.flights).push(last);
      database.write(next.bytes);
      held = held.slice(1);
    }
    if (held.length === 0) gate.waiting.delete(pass);
    else gate.waiting.add(pass);
  };
  client.on("data", (bytes) => {
    const { flights, unanswered } = split(bytes);
    held.push(...flights);
    pass();
    if (unanswered.length > 0) database.write(unanswered);
  });
  database.on("data", (bytes) => {
    if (last !== null) last.answeredAtMs = performance.now();
    client.write(bytes);
  });
  client.once("close", () => {
    gate.waiting.delete(pass);
    database.destroy();
  });
  database.once("close", () => client.destroy());
}

/** Sync, Query and Flush ask for an answer; everything before them travels with them. */
const asking = new Set(["S", "Q", "H"]);
/** Part of the start and the end of a connection, which are not a statement's round trips. */
const passing = new Set(["p", "X"]);
const startHeaderBytes = 4;
const headerBytes = 5;
/** Codes of SSLRequest, GSSENCRequest and CancelRequest: a start message may follow the first two. */
const requestCodes = new Set([80_877_103, 80_877_104, 80_877_102]);

type SplitFlight = { readonly bytes: Buffer; readonly isApart: boolean };

type Split = { readonly flights: SplitFlight[]; readonly unanswered: Buffer };

/** Cuts one connection's bytes into flights; keeps what is not complete yet. */
function makeFlightSplitter(): (bytes: Buffer) => Split {
  let isStarted = false;
  let rest = Buffer.alloc(0);
  let flight: Buffer[] = [];
  const isApart = makeApartCheck();
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const flights: SplitFlight[] = [];
    const unanswered: Buffer[] = [];
    for (;;) {
      const header = isStarted ? headerBytes : startHeaderBytes;
      if (rest.length < header) break;
      const size = rest.readUInt32BE(header - 4) + header - 4;
      if (rest.length < size) break;
      const message = rest.subarray(0, size);
      rest = rest.subarray(size);
      const type = isStarted ? String.fromCharCode(message[0] ?? 0) : "p";
      if (!isStarted) isStarted = !requestCodes.has(message.readUInt32BE(4));
      if (passing.has(type)) {
        unanswered.push(message);
        continue;
      }
      flight.push(message);
      if (!asking.has(type)) continue;
      const messages = flight;
      flights.push({ bytes: Buffer.concat(messages), isApart: messages.some(isApart) });
      flight = [];
    }
    return { flights, unanswered: Buffer.concat(unanswered) };
  };
}

/** A prepared statement is known by its text once, and by its name from then on. */
function makeApartCheck(): (message: Buffer) => boolean {
  const names = new Set<string>();
  return (message) => {
    const type = String.fromCharCode(message[0] ?? 0);
    const texts = message.subarray(headerBytes).toString("latin1").split("\0");
    if (type === "P" && texts[1]?.includes(APART) === true) names.add(texts[0] ?? "");
    const name = type === "P" ? texts[0] : type === "B" ? texts[1] : null;
    return name !== null && name !== undefined && names.has(name);
  };
}
