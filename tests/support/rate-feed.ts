import { createServer, type ServerResponse } from "node:http";
import { rateSources, type RateSource } from "@/features/rates/rate-sources.ts";

/** What a source answers: a body, a status, or whatever it does with the response. */
type Reply = string | number | ((response: ServerResponse) => void);

export type RateFeed = {
  /** The product's sources, at addresses of this server. */
  readonly sources: readonly RateSource[];
  /** What each source answers from now on; those not named answer 503. */
  readonly answer: (replies: Partial<Record<RateSource["id"], Reply>>) => void;
  /** The sources asked since the last `answer`, in order. */
  readonly asked: string[];
  /** User agents of those requests. */
  readonly userAgents: string[];
  readonly stop: () => Promise<void>;
};

/** The banks, on a local port. */
export async function startRateFeed(): Promise<RateFeed> {
  const asked: string[] = [];
  const userAgents: string[] = [];
  let replies: Partial<Record<string, Reply>> = {};
  const server = createServer((request, response) => {
    const id = request.url?.slice(1) ?? "";
    asked.push(id);
    userAgents.push(request.headers["user-agent"] ?? "");
    const reply = replies[id] ?? 503;
    if (typeof reply === "function") reply(response);
    else if (typeof reply === "number") response.writeHead(reply).end("no");
    else response.writeHead(200, { "content-type": "text/plain" }).end(reply);
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no address"));
      else resolve(address.port);
    });
  });
  return {
    sources: rateSources.map((source) => ({
      ...source,
      addressAt: () => `http://127.0.0.1:${port}/${source.id}`,
    })),
    answer: (next) => {
      replies = next;
      asked.length = 0;
      userAgents.length = 0;
    },
    asked,
    userAgents,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Vietcombank's XML with one selling rate, quoted at an instant. */
export function xmlQuote(sell: string, at: Date): string {
  const local = new Date(at.getTime() + 7 * 3_600_000);
  const hour = local.getUTCHours();
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${local.getUTCMonth() + 1}/${local.getUTCDate()}/${local.getUTCFullYear()}`;
  const time = `${hour % 12 === 0 ? 12 : hour % 12}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  return `<!--For reference only. Only one request every 5 minutes!-->
<ExrateList><DateTime>${day} ${time} ${hour < 12 ? "AM" : "PM"}</DateTime>
 <Exrate CurrencyCode="KWD" CurrencyName="KUWAITI DINAR       " Buy="" Transfer="" Sell="88,000.00" />
 <Exrate CurrencyCode="USD" CurrencyName="US DOLLAR           " Buy="25,850.00" Transfer="-" Sell="${sell}" />
 <Source>Vietcombank</Source></ExrateList>`;
}

/** Vietcombank's JSON with one selling rate. */
export function jsonQuote(sell: string): string {
  const row = { currencyCode: "USD", currencyName: "US DOLLAR", cash: "1", transfer: "1", sell };
  return JSON.stringify({ Count: 1, Date: "2026-11-21", Data: [row] });
}

/** ExchangeRate-API's answer; `rate` stands in it as it is. */
export function openQuote(rate: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1_000);
  return `{"result":"success","base_code":"USD","time_last_update_unix":${seconds},"rates":{"USD":1,"VND":${rate}}}`;
}
