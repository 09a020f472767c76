import { createHmac } from "node:crypto";
import { paymentWebhookDoor } from "@/api/doors/payment-webhook.ts";
import { orderNumber } from "@/domain/payments/order-number.ts";
import type { PaymentProviderId } from "@/server/payment-providers/payment-provider.ts";
import { told, type Delivered } from "./sepay-world.ts";
import { sepayDate } from "./sepay.ts";
import type { TestDatabase } from "./test-database.ts";

export const GATEWAY_SECRET = "a gateway secret of the tests";
/** The key of PayOS' documented vector. */
export const PAYOS_KEY = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675";

/** The product's settings under which these notices are understood. */
export const noticeSettings = {
  SEPAY_GATEWAY_SECRET: GATEWAY_SECRET,
  PAYOS_CLIENT_ID: "a client of the tests",
  PAYOS_API_KEY: "an api key of the tests",
  PAYOS_CHECKSUM_KEY: PAYOS_KEY,
} as const;

/** The signed half of PayOS' documented notice. */
export const payosSample = {
  orderCode: 123,
  amount: 3000,
  description: "VQRIO123",
  accountNumber: "12345678",
  reference: "TF230204212323",
  transactionDateTime: "2023-02-04 18:25:00",
  currency: "VND",
  paymentLinkId: "124c33293c43417ab7879e14c8d9eb18",
  code: "00",
  desc: "Thành công",
  counterAccountBankId: "",
  counterAccountBankName: "",
  counterAccountName: "",
  counterAccountNumber: "",
  virtualAccountName: "",
  virtualAccountNumber: "",
} as const;

export type Fields = Readonly<Record<string, unknown>>;

let last = 0;

/** The signed half of a notice about an order, with a link and a reference of its own. */
export function payosData(code: string, change: Fields = {}): Fields {
  last += 1;
  return {
    ...payosSample,
    orderCode: orderNumber(code, last),
    amount: 99_000,
    description: `CSX${last} ${code.slice(3)}`,
    reference: `TF${last}`,
    paymentLinkId: `link-${last}`,
    transactionDateTime: sepayDate(new Date()),
    ...change,
  };
}

/** PayOS' rule, written anew: fields by name, joined unescaped, nothing for null. */
export function payosSignature(data: Fields, key: string = PAYOS_KEY): string {
  const text = Object.entries(data)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${signedText(value)}`)
    .join("&");
  return createHmac("sha256", key).update(text).digest("hex");
}

function signedText(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A notice as PayOS posts it. @param change over its unsigned half; `signature` over the right one. */
export function payosBody(data: Fields, change: Fields = {}): string {
  const signature = payosSignature(data);
  return JSON.stringify({ code: "00", desc: "success", success: true, data, signature, ...change });
}

export type GatewayChange = {
  readonly type?: unknown;
  readonly order?: Fields;
  readonly transaction?: Fields;
};

/** A notice as SePay's payment gateway posts it. */
export function gatewayBody(code: string, change: GatewayChange = {}): string {
  last += 1;
  return JSON.stringify({
    timestamp: Math.floor(Date.now() / 1000),
    notification_type: change.type ?? "ORDER_PAID",
    order: {
      id: "e2c195be-c721-47eb-b323-99ab24e52d85",
      order_id: `NQD-${last}`,
      order_status: "CAPTURED",
      order_currency: "VND",
      order_amount: "99000.00",
      order_invoice_number: code,
      custom_data: [],
      order_description: "Test payment",
      ...change.order,
    },
    transaction: {
      id: `384c66dd-41e6-4316-a544-${String(last).padStart(12, "0")}`,
      payment_method: "BANK_TRANSFER",
      transaction_id: `68da43da2d9de-${last}`,
      transaction_type: "PAYMENT",
      transaction_date: sepayDate(new Date()),
      transaction_status: "APPROVED",
      transaction_amount: "99000",
      transaction_currency: "VND",
      ...change.transaction,
    },
    customer: null,
    agreement: null,
  });
}

/** Delivers to a provider's door in this process. */
export async function deliverNotice(
  provider: PaymentProviderId,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Delivered> {
  const request = new Request(`http://localhost:3999/api/payment/${provider}`, {
    method: "POST",
    body: Uint8Array.from(Buffer.from(body)),
    headers: { "content-type": "application/json", ...headers },
  });
  return told(await paymentWebhookDoor(request, provider));
}

export type PaymentOfProvider = {
  readonly state: string;
  readonly reason: string | null;
  readonly orderId: string | null;
  readonly verifiedBy: string | null;
};

/** What a provider's notices led to, in the order they came. */
export async function paymentsOf({ sql }: TestDatabase, provider: PaymentProviderId) {
  return sql<PaymentOfProvider[]>`
    select state, reason, order_id as "orderId", verified_by as "verifiedBy"
      from payments where provider = ${provider} order by created_at, id`;
}
