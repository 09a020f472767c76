import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { priceUsage, type ModelPrice } from "@/domain/pricing/price-usage.ts";
import { noTokens } from "@/domain/pricing/token-usage.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

fc.configureGlobal({ seed: 2_026 });

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const CALLS = 100_000;
const MICRO = 1_000_000n;
const rate = (rateMilliVnd: bigint) => ({ id: "rate", rateMilliVnd });
const price = (inputPicoUsd: bigint, outputPicoUsd: bigint): ModelPrice => ({
  ...{ id: "price", contextTokensMin: 0 },
  freshInputPicoUsd: inputPicoUsd,
  cachedInputPicoUsd: inputPicoUsd,
  cacheWrite5mPicoUsd: inputPicoUsd,
  cacheWrite1hPicoUsd: inputPicoUsd,
  outputPicoUsd,
});
const cost = (input: number, output: number, prices: ModelPrice, rateMilliVnd: bigint) =>
  priceUsage({ ...noTokens, freshInput: input, output }, [prices], rate(rateMilliVnd)).costMicroVnd;

describe("F34 a hundred thousand calls of 0.4 ₫", () => {
  it("come to 40,000 ₫, not to 0 and not to 100,000", () => {
    // 16 tokens at 1 USD a million and 25,000 ₫ for a dollar.
    const one = cost(16, 0, price(1_000_000n, 0n), 25_000_000n);
    expect(one).toBe(400_000n);
    expect(one * BigInt(CALLS)).toBe(40_000n * MICRO);
  });

  it("at an odd rate are less than a micro-VND each above the true amount, and never below", () => {
    const ragged = fc.record({
      input: fc.nat({ max: 40 }),
      output: fc.nat({ max: 4 }),
      inputPicoUsd: fc.bigInt({ min: 0n, max: 900_000n }),
      outputPicoUsd: fc.bigInt({ min: 0n, max: 3_700_000n }),
      rateMilliVnd: fc.bigInt({ min: 24_000_001n, max: 27_999_999n }),
    });
    let booked = 0n;
    let exactE9 = 0n;
    fc.assert(
      fc.property(ragged, ({ input, output, inputPicoUsd, outputPicoUsd, rateMilliVnd }) => {
        const micro = cost(input, output, price(inputPicoUsd, outputPicoUsd), rateMilliVnd);
        const pico = BigInt(input) * inputPicoUsd + BigInt(output) * outputPicoUsd;
        const errorE9 = micro * 1_000_000_000n - pico * rateMilliVnd;
        expect(errorE9 >= 0n && errorE9 < 1_000_000_000n).toBe(true);
        booked += micro;
        exactE9 += pico * rateMilliVnd;
      }),
      { numRuns: CALLS },
    );
    const errorE9 = booked * 1_000_000_000n - exactE9;
    expect(errorE9).toBeGreaterThanOrEqual(0n);
    // A tenth of a đồng over all of them.
    expect(errorE9).toBeLessThan(BigInt(CALLS) * 1_000_000_000n);
  });

  it("splitting one call into many never makes it cheaper", () => {
    const token = fc.integer({ min: 1, max: 5_000 });
    fc.assert(
      fc.property(token, token, fc.bigInt({ min: 1n, max: 9_999_999n }), (a, b, picoUsd) => {
        const at = (tokens: number) => cost(tokens, 0, price(picoUsd, 0n), 26_260_777n);
        expect(at(a) + at(b)).toBeGreaterThanOrEqual(at(a + b));
        expect(at(a) + at(b) - at(a + b)).toBeLessThanOrEqual(1n);
      }),
    );
  });

  it("summed by the database they are the same to the micro-VND; rebuilt in SQL as well", async () => {
    // Rows of every remainder: 1 to 40 tokens at a ragged price and rate.
    const picoUsd = 373_401n;
    const rateMilliVnd = 26_260_777n;
    const expected = Array.from({ length: 40 }, (_, index) =>
      cost(index + 1, 0, price(picoUsd, 0n), rateMilliVnd),
    ).reduce((sum, one) => sum + one, 0n);
    const [row] = await database.sql`
      with calls as (
        select (1 + i % 40)::bigint * ${picoUsd.toString()}::bigint as pico
          from generate_series(0, ${CALLS - 1}) as i),
      priced as (
        select ceil(pico::numeric * ${rateMilliVnd.toString()} / 1000000000)::bigint as micro from calls)
      select sum(micro)::text as booked, pg_typeof(sum(micro))::text as type from priced`;
    expect(row).toEqual({ booked: (expected * BigInt(CALLS / 40)).toString(), type: "numeric" });
  });

  it("no column that holds money is a float", async () => {
    const floats = await database.sql`
      select table_name, column_name from information_schema.columns
       where table_schema = 'public' and data_type in ('real', 'double precision', 'money')`;
    expect(floats).toEqual([]);
    const money = await database.sql`
      select distinct data_type from information_schema.columns
       where table_schema = 'public'
         and (column_name like '%micro_vnd' or column_name like '%pico_usd' or column_name like '%milli_vnd')`;
    expect(money.map((row) => row["data_type"])).toEqual(["bigint"]);
  });
});
