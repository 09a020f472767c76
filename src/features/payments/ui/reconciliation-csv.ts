import type { ReconciliationView } from "../schema.ts";

type Words = {
  readonly header: readonly string[];
  readonly kinds: Readonly<Record<ReconciliationView["differences"][number]["kind"], string>>;
  readonly bank: string;
  readonly payments: string;
  readonly applied: string;
  readonly orders: string;
};

/** A spreadsheet runs what begins so; transfer texts come from anybody. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** micro-VND → đồng with a decimal point, exactly. */
function plainVnd(microVnd: string): string {
  const digits = microVnd.replace("-", "").padStart(7, "0");
  const fraction = digits.slice(-6).replace(/0+$/, "");
  const whole = digits.slice(0, -6);
  return `${microVnd.startsWith("-") ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/**
 * The report as CSV: the three sums (nothing where the bank was not asked), then each difference;
 * amounts in đồng, times in UTC. Begins with a mark, so that spreadsheets read Vietnamese.
 */
export function reconciliationCsv(view: ReconciliationView, words: Words): string {
  const sums: readonly (readonly [string, number | null, string | null])[] = [
    [words.bank, view.bankLines?.count ?? null, view.bankLines?.amountMicroVnd ?? null],
    [words.payments, view.payments.count, view.payments.amountMicroVnd],
    [words.applied, null, view.payments.appliedMicroVnd],
    [words.orders, view.orders.count, view.orders.amountMicroVnd],
  ];
  const rows = [
    words.header,
    ...sums.map(([name, count, amount]) => [
      ...[view.day, name, count === null ? "" : String(count)],
      ...[amount === null ? "" : plainVnd(amount), "", "", ""],
    ]),
    ...view.differences.map((one) => [
      ...[view.day, words.kinds[one.kind], "1", plainVnd(one.amountMicroVnd)],
      ...[one.occurredAt ?? "", one.id, one.text],
    ]),
  ];
  return `\uFEFF${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
