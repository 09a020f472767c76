import type { Sql } from "postgres";

/**
 * The same pool, whose statements of the query builder are prepared, as those of its own templates
 * are. Unprepared, postgres.js asks the server about a statement's parameters before it sends them:
 * a second round trip every time, and planning anew. A connection keeps what it has prepared until
 * its end (an hour at most).
 */
export function prepareStatements(client: Sql): Sql {
  return wrap(client);
}

function wrap<T extends object>(client: T): T {
  return new Proxy(client, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      if (name === "unsafe") return preparing(found);
      if (name === "begin" || name === "savepoint") return opening(found);
      return found;
    },
  });
}

/** Without parameters a text may hold several statements, which cannot be prepared. */
function preparing(unsafe: unknown): (...given: readonly unknown[]) => unknown {
  return (...given) => {
    const [text, parameters, options = {}] = given;
    const isPreparable = Array.isArray(parameters) && parameters.length > 0;
    const sent = isPreparable ? [text, parameters, { ...Object(options), prepare: true }] : given;
    return call(unsafe, sent);
  };
}

/** A transaction or savepoint: what it is worked with is wrapped as well. */
function opening(open: unknown): (...given: readonly unknown[]) => unknown {
  return (...given) =>
    call(
      open,
      given.map((one) =>
        typeof one === "function" ? (inner: object) => call(one, [wrap(inner)]) : one,
      ),
    );
}

function call(fn: unknown, parameters: readonly unknown[]): unknown {
  if (typeof fn !== "function") throw new TypeError("not a function of postgres.js");
  return Reflect.apply(fn, undefined, parameters);
}
