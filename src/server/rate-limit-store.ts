import type { Sql } from "postgres";
import {
  countAttempts,
  forgetAttempts,
  type AttemptCount,
  type CountedAttempts,
} from "./db/count-attempts.ts";

/** The statements of `RateLimiterPostgres`, as it hands them to a pool of `pg`. */
type LimiterQuery = {
  readonly name?: string;
  readonly values: readonly (string | number | null)[];
};

type LimiterAnswer = {
  readonly rows: readonly { readonly points: number; readonly expire: number }[];
  readonly rowCount: number;
};

type Asked = AttemptCount & {
  readonly resolve: (counted: CountedAttempts | undefined) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Stands in for the `pg` pool that `RateLimiterPostgres` expects: what all limiters ask in one turn
 * of the event loop (a request's address, user and organisation) goes to our own pool as one
 * statement, in one round trip.
 */
export function makeLimiterClient(sql: Sql) {
  let asked: Asked[] = [];
  const flush = () => {
    const batch = asked;
    asked = [];
    countAttempts(
      sql,
      batch.map(({ key, points, windowMs }) => ({ key, points, windowMs })),
    ).then(
      (counted) => batch.forEach(({ key, resolve }) => resolve(counted.get(key))),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  };
  const count = (attempt: AttemptCount) =>
    new Promise<CountedAttempts | undefined>((resolve, reject) => {
      // One statement cannot count the same key twice.
      if (asked.some(({ key }) => key === attempt.key)) flush();
      if (asked.length === 0) queueMicrotask(() => asked.length > 0 && flush());
      asked.push({ ...attempt, resolve, reject });
    });
  return { query: (query: LimiterQuery) => answer(query, sql, count) };
}

async function answer(
  { name = "", values }: LimiterQuery,
  sql: Sql,
  count: (attempt: AttemptCount) => Promise<CountedAttempts | undefined>,
): Promise<LimiterAnswer> {
  const [key, points, expire, now] = values;
  if (name.endsWith("rlflx-delete")) {
    return { rows: [], rowCount: Number(await forgetAttempts(sql, String(key))) };
  }
  if (!name.endsWith("rlflx-upsert")) throw new Error(`the limiter asked for ${name}`);
  const windowMs = Math.round(Number(expire) - Number(now));
  const counted = await count({ key: String(key), points: Number(points), windowMs });
  if (counted === undefined) throw new Error("an attempt was not counted");
  // The library takes this process's clock off again.
  const row = { points: counted.points, expire: Date.now() + counted.msBeforeNext };
  return { rows: [row], rowCount: 1 };
}
