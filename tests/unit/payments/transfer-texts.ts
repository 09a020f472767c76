import { makeOrderCode, ORDER_CODE_ALPHABET } from "@/domain/payments/order-code.ts";

/** Where SePay gives a text: its own guess, the payer's words, the bank's whole line. */
export type TextField = "code" | "content" | "description";

export type TransferText = {
  readonly name: string;
  /** What the payer's bank makes of the codes of two orders. */
  readonly text: (a: string, b: string) => string;
  /** Whose code stands in it. */
  readonly names: "first" | "both" | "nobody";
  readonly field?: TextField;
};

/** Two codes, always the same ones for a row of the table. */
export function codesOfRow(row: number): readonly [string, string] {
  let state = 7 + row * 7919;
  const draw = (max: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % max;
  };
  return [makeOrderCode(draw), makeOrderCode(draw)];
}

/** The characters behind the prefix. */
const tail = (code: string) => code.slice(3);

const at = (text: string, index: number) => text[index] ?? "";

/** Another character of the alphabet in one place. */
export function misread(code: string, index: number): string {
  const next = (ORDER_CODE_ALPHABET.indexOf(at(code, index)) + 1) % ORDER_CODE_ALPHABET.length;
  return code.slice(0, index) + at(ORDER_CODE_ALPHABET, next) + code.slice(index + 1);
}

/** The first two different neighbours behind the prefix, swapped. */
export function swapped(code: string): string {
  const index =
    [...tail(code)].findIndex((character, place) => character !== at(tail(code), place + 1)) + 3;
  return code.slice(0, index) + at(code, index + 1) + at(code, index) + code.slice(index + 2);
}

const first = (name: string, text: TransferText["text"], field: TextField = "content") =>
  ({ name, text, names: "first", field }) as const;
const nobody = (name: string, text: TransferText["text"]) =>
  ({ name, text, names: "nobody" }) as const;
const both = (name: string, text: TransferText["text"]) => ({ name, text, names: "both" }) as const;

/** Texts as they arrive: from ten banks, from hurried people, from the QR code. */
export const transferTexts: readonly TransferText[] = [
  first("the bare code", (a) => a),
  first("words behind it", (a) => `${a} chuyen tien`),
  first(
    "Vietcombank's frame",
    (a) => `MBVCB.3278907687.${a} thanh toan.CT tu 0071001234567 NGUYEN VAN A toi 1017588888`,
  ),
  first("a transfer from another bank", (a) => `CT DEN:432112345678 ${a} nap tien`),
  first("a reference in front", (a) => `FT26253904002496 ${a}`),
  first("a fast transfer", (a) => `IBFT ${a}`),
  first("a name in front", (a) => `NGUYEN VAN A chuyen tien ${a}`),
  first("a name glued in front", (a) => `NGUYENVANA${a}`),
  first("a name glued behind", (a) => `${a}NGUYENVANA`),
  first("digits glued behind", (a) => `${a}20261121`),
  first("a telephone number and the shop", (a) => `0912345678-${a}-Phở Chat`),
  first("lower case", (a) => a.toLowerCase()),
  first("a capital only where a sentence has one", (a) => `Pho${tail(a).toLowerCase()}`),
  first("a space in the middle", (a) => `PHO ${a.slice(3, 7)} ${a.slice(7)}`),
  first("hyphens", (a) => `PHO-${a.slice(3, 7)}-${a.slice(7)}`),
  first("a dot", (a) => `PHO.${tail(a)}`),
  first("a space between all", (a) => [...a].join(" ")),
  first("diacritics around it", (a) => `Thanh toán đơn ${a} nhé`),
  first("the soup, spelt right", (a) => `Chuyển khoản cho PHỞ ${tail(a)}`),
  first("the same, decomposed", (a) => `Chuyển khoản cho phở ${tail(a)}`.normalize("NFD")),
  first("a plan's name", (a) => `thanh toan don hang ${a} goi premium`),
  first("fields with colons", (a) => `ND:${a};tu:VCB-0071001234567`),
  first("the QR's mark", (a) => `QR - ${a}`),
  first("dates with slashes", (a) => `VCB.CTDK.31/10/2026.${a}`),
  first("semicolons", (a) => `BIDV;0912345678;${a}`),
  first("a time behind", (a) => `TPBank ${a} 12:05:33`),
  first("VietinBank's word", (a) => `SEVQR ${a}`),
  first("a virtual account's word", (a) => `TKPABC1 ${a}`),
  first("the bank's transaction number", (a) => `${a} GD 123456-112126 12:05:33`),
  first("the shop's name in front", (a) => `Mua goi Pho Chat ${a}`),
  first("the prefix twice", (a) => `pho pho ${a}`),
  first("the code twice", (a) => `${a} ${a}`),
  first("the code twice, glued", (a) => `${a}${a}`),
  first("a line end", (a) => `xin cam on\n${a}\n`),
  first("quotation marks", (a) => `"${a}"`),
  first("beside a mistyped one", (a, b) => `${misread(b, 5)} ${a}`),
  first("only in the bank's line", (a) => `BankAPINotify ${a} chuyen tien`, "description"),
  first("only in SePay's own guess", (a) => a, "code"),
  both("two codes", (a, b) => `${a} ${b}`),
  both("two codes, glued by a word", (a, b) => `${a}va${b}`),
  nobody("one character misread", (a) => misread(a, 6)),
  nobody("the check character misread", (a) => misread(a, 10)),
  nobody("two neighbours swapped", (a) => swapped(a)),
  nobody("the last character missing", (a) => a.slice(0, -1)),
  nobody("a zero for the letter O", (a) => `PH0${tail(a)}`),
  nobody("no prefix", (a) => tail(a)),
  nobody("another shop's code", () => "SEVN63DC8E5C chuyen tien"),
  nobody("no code", () => "NGUYEN VAN A chuyen tien"),
  nobody("the shop's name alone", () => "Pho Chat thang 11"),
  nobody("nothing", () => ""),
];
