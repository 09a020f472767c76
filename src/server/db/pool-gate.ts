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

/**
 * Hands out as many slots as the pool has connections. postgres.js itself queues without end and
 * puts statements behind others on one connection; with the gate a statement is sent when a
 * connection is free for it or not at all, so one that was refused cannot commit later.
 */
class PoolGate {
  #free: number;
  readonly #first = new Set<Waiter>();
  readonly #then = new Set<Waiter>();

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Calls `go` with a slot, at once if one is free, or `refuse` after `waitMs`; never both. */
  enter(
    { isFirst, waitMs }: { readonly isFirst: boolean; readonly waitMs: number },
    go: () => void,
    refuse: (error: Error) => void,
  ): void {
    if (this.#free > 0) {
      this.#free -= 1;
      go();
      return;
    }
    const queue = isFirst ? this.#first : this.#then;
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

  /** Gives a slot back, to who waits longest. */
  leave = (): void => {
    for (const queue of [this.#first, this.#then]) {
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

const UNGATED = Symbol("the pool past its gate");

/**
 * The same pool behind a gate: a statement or transaction that gets no connection in time fails with
 * `PoolBusyError` before anything of it was sent. What was sent is never abandoned here.
 * @param slots the pool's connections.
 */
export function gateClient(client: Sql, slots: number, patience: PoolPatience): Sql {
  const gate = new PoolGate(slots);
  const statements = { isFirst: false, waitMs: patience.statementMs };
  const transactions = { isFirst: true, waitMs: patience.transactionMs };
  const guard = (made: unknown): unknown => {
    if (!isPendingStatement(made)) return made;
    const send = made.handler;
    made.handler = (statement) => {
      gate.enter(
        statements,
        () => {
          statement.then(gate.leave, gate.leave);
          send(statement);
        },
        statement.reject,
      );
    };
    return made;
  };
  const guarded = (name: "unsafe") => {
    const make: unknown = Reflect.get(client, name);
    return (...parameters: unknown[]) => guard(callOf(make, client, parameters));
  };
  const begin: unknown = Reflect.get(client, "begin");
  const replaced = new Map<string | symbol, unknown>([
    [UNGATED, client],
    ["unsafe", guarded("unsafe")],
    [
      "begin",
      (...parameters: unknown[]) =>
        new Promise((resolve, reject) => {
          const run = () => {
            const running = Promise.resolve(callOf(begin, client, parameters));
            void running.then(gate.leave, gate.leave);
            resolve(running);
          };
          gate.enter(transactions, run, reject);
        }),
    ],
  ]);
  return new Proxy(client, {
    apply: (target, self, parameters: unknown[]) => guard(callOf(target, self, parameters)),
    get: (target, name) => replaced.get(name) ?? (Reflect.get(target, name) as unknown),
  });
}

/**
 * The pool without its gate: for the few statements that must be on their way before the caller goes
 * on, such as the mark of a dispatched call. They may have to wait on a connection's line.
 */
export function pastGate(client: Sql): Sql {
  const open: unknown = Reflect.get(client, UNGATED);
  return isSql(open) ? open : client;
}

function callOf(fn: unknown, self: unknown, parameters: readonly unknown[]): unknown {
  if (typeof fn !== "function") throw new TypeError("not a function of postgres.js");
  return Reflect.apply(fn, self, parameters);
}

/** Fragments and identifiers have no life of their own; only what can be awaited is guarded. */
function isPendingStatement(made: unknown): made is PendingStatement {
  return made instanceof Promise && "handler" in made && "reject" in made;
}

function isSql(value: unknown): value is Sql {
  return typeof value === "function";
}
