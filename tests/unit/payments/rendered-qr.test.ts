import { QRCode } from "antd";
import jsQR from "jsqr";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { describeTransfer } from "@/features/payments/describe-transfer.ts";

const PIXELS_PER_CELL = 6;
/** Light cells around the code, which a reader needs. */
const MARGIN_CELLS = 4;

type Picture = { readonly pixels: Uint8ClampedArray; readonly side: number };

/** Draws the code the checkout shows, as a picture. */
function paint(text: string): Picture {
  const markup = renderToStaticMarkup(createElement(QRCode, { value: text, type: "svg" }));
  const cells = Number(/viewBox="0 0 (\d+) \1"/.exec(markup)?.[1]);
  const side = (cells + 2 * MARGIN_CELLS) * PIXELS_PER_CELL;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x = "", y = "", width = ""] of markup.matchAll(/M(\d+)[ ,](\d+) ?h(\d+)v1H/g)) {
    for (let cell = Number(x); cell < Number(x) + Number(width); cell += 1) {
      fillCell({ pixels, side }, cell, Number(y));
    }
  }
  return { pixels, side };
}

function fillCell({ pixels, side }: Picture, column: number, row: number): void {
  const [left, top] = [column, row].map((cell) => (cell + MARGIN_CELLS) * PIXELS_PER_CELL);
  for (let y = 0; y < PIXELS_PER_CELL; y += 1) {
    for (let x = 0; x < PIXELS_PER_CELL; x += 1) {
      const at = (((top ?? 0) + y) * side + (left ?? 0) + x) * 4;
      pixels.fill(0, at, at + 3);
    }
  }
}

describe("a rendered QR", () => {
  it.each([
    { code: "PHO23456789", amountVnd: 29_000n, account: "1017588888" },
    { code: "PHOZZZZZZZZ", amountVnd: 2_890_000n, account: "19030413601018" },
    { code: "PHOABCDEFGH", amountVnd: 50_000_000n, account: "96247PHOCHAT0000123456" },
  ])("of $code is read back as the same text by an independent reader", (row) => {
    const transfer = describeTransfer(
      {
        ...{ SEPAY_ACCOUNT_NUMBER: [row.account], SEPAY_BANK_BIN: "970436" },
        ...{
          SEPAY_WEBHOOK_SECRET: "a secret",
          SEPAY_API_KEY: undefined,
          SEPAY_API_TOKEN: undefined,
        },
      },
      { code: row.code, amountMicroVnd: row.amountVnd * 1_000_000n },
    );
    const { pixels, side } = paint(transfer?.qr ?? "");
    expect(jsQR(pixels, side, side)?.data).toBe(transfer?.qr);
    expect(transfer?.qr).toContain(row.code);
  });
});
