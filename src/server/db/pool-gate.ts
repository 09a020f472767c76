import type { Sql } from "postgres";

/** How long work may wait for a free connection before it is refused, in ms. */
export type PoolPatience = {
  readonly statementMs: number;
  /** Transactions end turns, among other things: they go first, and wait longer before they fail. */
  readonly transactionMs: number;
};

/** A pool that had no connection free in time. Nothing was sent to the database. */
export class PoolBusyError extends Error {
  readonly code = "POOL_BUSY";

  constructor(waitedMs: number) {
    super(`no connection was free within ${waitedMs} ms`);
    this.name = "PoolBusyError";
  }
}

type Waiter = { readonly go: () => void };

/** Who goes first when a connection is free. */
type Rank = "transaction" | "statement";

/**
 * Hands out as many slots as the pool has connections. postgres.js itself queues without end and
 * puts statements behind others on one connection; with the gate a statement is sent when a
 * connection is free for it or not at all, so one that was refused cannot commit later.
 */
class PoolGate {
  #free: number;
  readonly #waiting: Readonly<Record<Rank, Set<Waiter>>> = {
    transaction: new Set(),
    statement: new Set(),
  };

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Calls `go` with a slot, at once if one is free, or `refuse` after `waitMs`; never both. */
  enter(
    { rank, waitMs }: { readonly rank: Rank; readonly waitMs: number },
    go: () => void,
    refuse: (error: Error) => void,
  ): void {
    if (this.#free > 0) {
      this.#free -= 1;
      go();
      return;
    }
    const queue = this.#waiting[rank];
    const timer = setTimeout(() => {
      // A process that was busy itself looks at what the database has answered before it refuses.
      setImmediate(() => {
        if (queue.delete(waiter)) refuse(new PoolBusyError(waitMs));
      });
    }, waitMs);
    const waiter: Waiter = {
      go: () => {
        clearTimeout(timer);
        queue.delete(waiter);
        go();
      },
    };
    queue.add(waiter);
  }

  /** Gives a slot back: to who waits longest of the highest rank. */
  leave = (): void => {
    const { transaction, statement } = this.#waiting;
    for (const queue of [transaction, statement]) {
      for (const waiter of queue) {
        waiter.go();
        return;
      }
    }
    this.#free += 1;
  };
}

/** What a statement of postgres.js is inside: a promise that calls `handler` when it is awaited. */
type PendingStatement = PromiseLike<unknown> & {
  handler: (statement: PendingStatement) => void;
  readonly reject: (error: Error) => void;
};

/**
 * The same pool behind a gate: a statement or transaction that gets no connection in time fails with
 * `PoolBusyError` before anything of it was sent. What was sent is never abandoned here.
 * @param slots the pool's connections.
 */
export function gateClient(client: Sql, slots: number, patience: PoolPatience): Sql {
  const gate = new PoolGate(slots);
  const { statementMs: waitMs, transactionMs } = patience;
  const begin: unknown = Reflect.get(client, "begin");
  const gatedBegin = (...parameters: unknown[]) =>
    new Promise((resolve, reject) => {
      const run = () => {
        const running = Promise.resolve(callOf(begin, client, parameters));
        void running.then(gate.leave, gate.leave);
        resolve(running);
      };
      gate.enter({ rank: "transaction", waitMs: transactionMs }, run, reject);
    });
  const replaced = new Map<string | symbol, unknown>([["begin", gatedBegin]]);
  return withReplaced(client, guardOf(gate, { rank: "statement", waitMs }), replaced);
}

/** Makes a statement ask the gate when it is awaited. */
function guardOf(gate: PoolGate, wish: { readonly rank: Rank; readonly waitMs: number }) {
  return (made: unknown): unknown => {
    if (!isPendingStatement(made)) return made;
    const send = made.handler;
    made.handler = (statement) => {
      const go = () => {
        statement.then(gate.leave, gate.leave);
        send(statement);
      };
      gate.enter(wish, go, statement.reject);
    };
    return made;
  };
}

function withReplaced(
  client: Sql,
  guard: (made: unknown) => unknown,
  replaced: Map<string | symbol, unknown>,
): Sql {
  const unsafe: unknown = Reflect.get(client, "unsafe");
  replaced.set("unsafe", (...parameters: unknown[]) => guard(callOf(unsafe, client, parameters)));
  return new Proxy(client, {
    apply: (target, self, parameters: unknown[]) => guard(callOf(target, self, parameters)),
    get: (target, name) => replaced.get(name) ?? (Reflect.get(target, name) as unknown),
  });
}

function callOf(fn: unknown, self: unknown, parameters: readonly unknown[]): unknown {
  if (typeof fn !== "function") throw new TypeError("not a function of postgres.js");
  return Reflect.apply(fn, self, parameters);
}

/** Fragments and identifiers have no life of their own; only what can be awaited is guarded. */
function isPendingStatement(made: unknown): made is PendingStatement {
  return made instanceof Promise && "handler" in made && "reject" in made;
}
