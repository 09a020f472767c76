import { sql } from "drizzle-orm";
import { bigint, timestamp } from "drizzle-orm/pg-core";

/** Money in micro-VND (1 ₫ = 1,000,000). The column's name says the unit. */
export const microVnd = (name: string) => bigint(name, { mode: "bigint" });

/** Money in pico-USD; prices are pico-USD per token ($1 per million tokens = 1,000,000). */
export const picoUsd = (name: string) => bigint(name, { mode: "bigint" });

/** An instant; the database stores UTC and answers to the microsecond. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Every row says when it was made, by the product's clock. */
export const createdAt = () =>
  instant("created_at")
    .notNull()
    .default(sql`app_now()`);
