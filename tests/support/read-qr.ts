import jsQR from "jsqr";
import type { Locator } from "playwright-core";
import { PNG } from "pngjs";

/** What an independent reader finds in a QR code as it stands on screen; "" when it finds none. */
export async function readQr(picture: Locator): Promise<string> {
  await picture.scrollIntoViewIfNeeded();
  const { data, width, height } = PNG.sync.read(await picture.screenshot());
  // Dark on light only: not every banking app reads the inverse.
  const found = jsQR(Uint8ClampedArray.from(data), width, height, {
    inversionAttempts: "dontInvert",
  });
  return found?.data ?? "";
}
