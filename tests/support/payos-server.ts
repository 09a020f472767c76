import { createHmac } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import type { PayosSettings } from "@/server/payment-providers/payos.ts";
import { sendJson } from "./stripe.ts";

const keys = {
  clientId: "a client id of the tests",
  apiKey: "an api key of the tests",
  checksumKey: "a checksum key of the tests",
} as const;

const asking = z.object({
  orderCode: z.int(),
  amount: z.int(),
  description: z.string(),
  returnUrl: z.string(),
  cancelUrl: z.string(),
  expiredAt: z.int(),
  signature: z.string(),
});
type Asking = z.output<typeof asking>;

export type PayosServer = {
  readonly settings: PayosSettings;
  readonly asked: Asking[];
  /** What the next requests get, in order, instead of a payment page. */
  readonly interrupt: (...replies: readonly ((response: ServerResponse) => void)[]) => void;
  readonly stop: () => Promise<void>;
};

/** PayOS' API on a local port: it takes a signed request and gives a signed payment page. */
export async function startPayos(): Promise<PayosServer> {
  const asked: Asking[] = [];
  const replies: ((response: ServerResponse) => void)[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const given = asking.parse(body);
      asked.push(given);
      const reply = replies.shift();
      if (reply !== undefined) reply(response);
      else if (given.signature !== signatureOf(given)) {
        sendJson(response, 200, { code: "201", desc: "signature", data: null });
      } else sendJson(response, 200, pageFor(given));
    });
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
    settings: { ...keys, baseUrl: `http://127.0.0.1:${port}` },
    asked,
    interrupt: (...next) => replies.push(...next),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const hmac = (text: string) => createHmac("sha256", keys.checksumKey).update(text).digest("hex");

/** Exactly five fields, in the order of the alphabet. */
function signatureOf({ amount, cancelUrl, description, orderCode, returnUrl }: Asking): string {
  return hmac(
    `amount=${amount}&cancelUrl=${cancelUrl}&description=${description}&orderCode=${orderCode}&returnUrl=${returnUrl}`,
  );
}

function pageFor({ orderCode, amount, description }: Asking) {
  const data: Readonly<Record<string, string | number>> = {
    ...{ accountNumber: "12345678", amount, bin: "970422" },
    checkoutUrl: `https://pay.payos.vn/web/${orderCode}`,
    ...{ currency: "VND", description, orderCode, paymentLinkId: `link${orderCode}` },
    ...{ qrCode: "", status: "PENDING" },
  };
  const signed = Object.entries(data).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const signature = hmac(signed.map(([name, value]) => `${name}=${value}`).join("&"));
  return { code: "00", desc: "success", data, signature };
}
