import { sql } from "drizzle-orm";
import { bigint, check, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns.ts";

/**
 * USD → VND in milli-VND per USD; the open row (no `valid_to`) is today's. No overlap (exclusion
 * constraint).
 */
export const exchangeRates = pgTable(
  "exchange_rates",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    rateMilliVnd: bigint("rate_milli_vnd", { mode: "bigint" }).notNull(),
    validFrom: instant("valid_from").notNull(),
    validTo: instant("valid_to"),
    source: text("source").notNull(),
    approvedBy: text("approved_by"),
    createdAt: createdAt(),
  },
  (table) => [
    check("exchange_rates_plausible", sql`${table.rateMilliVnd} between 1000000 and 1000000000`),
    check(
      "exchange_rates_order",
      sql`${table.validTo} is null or ${table.validTo} >= ${table.validFrom}`,
    ),
  ],
);
