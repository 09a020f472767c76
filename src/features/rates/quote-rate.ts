import { ZodError } from "zod";
import { isPlausibleRate } from "@/domain/pricing/exchange-rate.ts";
import { fetchText } from "./fetch-text.ts";
import type { RateSource } from "./rate-sources.ts";
import type { RateQuote } from "./schema.ts";

/** The bank keeps its last quote over the longest holidays; what is older is a feed that stands. */
const QUOTE_AGE_MS_MAX = 14 * 86_400_000;
const QUOTE_AHEAD_MS_MAX = 86_400_000;

/** What came of asking one source. */
export type AskedSource =
  | { readonly kind: "quoted"; readonly source: RateSource["id"]; readonly quote: RateQuote }
  | {
      /** `implausible`: it names a rate no dollar has; `silent`: it names none. */
      readonly kind: "implausible" | "silent";
      readonly source: RateSource["id"];
      /** A sentence for ops; never the body. */
      readonly problem: string;
    };

/** Asks one source; whatever goes wrong there is an answer, not an error. */
export async function quoteRate(
  source: RateSource,
  { now, timeoutMs }: { readonly now: Date; readonly timeoutMs: number },
): Promise<AskedSource> {
  try {
    const quote = source.parse(await fetchText(source.addressAt(now), timeoutMs));
    if (!isPlausibleRate(quote.rateMilliVnd)) {
      const problem = `it names ${quote.rateMilliVnd.toString()} milli-VND a dollar`;
      return { kind: "implausible", source: source.id, problem };
    }
    const ageMs = quote.quotedAt === null ? 0 : now.getTime() - quote.quotedAt.getTime();
    if (ageMs > QUOTE_AGE_MS_MAX || ageMs < -QUOTE_AHEAD_MS_MAX) {
      const problem = `its rate is of ${quote.quotedAt?.toISOString() ?? "no day"}`;
      return { kind: "silent", source: source.id, problem };
    }
    return { kind: "quoted", source: source.id, quote };
  } catch (error) {
    return { kind: "silent", source: source.id, problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ZodError) return "its answer has another shape";
  if (error instanceof SyntaxError) return "its answer is no JSON";
  if (!(error instanceof Error)) return "it failed";
  if (error.name === "TimeoutError") return "it did not answer in time";
  if (error.message === "fetch failed") return "it cannot be reached";
  return error.message;
}
