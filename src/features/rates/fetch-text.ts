/** The largest of the sources sends some 10 KB. */
const BODY_BYTES_MAX = 256 * 1024;

/** The bank's portal turns away what does not look like a browser. */
const HEADERS = {
  "user-agent":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  accept: "application/xml, text/xml, application/json;q=0.9, */*;q=0.5",
  "accept-language": "vi-VN,vi;q=0.9,en;q=0.5",
};

/**
 * The body of an address as text, head and body within one time-out and one size.
 * @throws Error for any other status than 200, for what is too slow, too large or not UTF-8.
 */
export async function fetchText(address: string, timeoutMs: number): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(address, { headers: HEADERS, signal });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error(`it answered ${response.status}`);
  }
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response.body) {
    sizeBytes += part.byteLength;
    if (sizeBytes > BODY_BYTES_MAX) throw new Error("its answer is too large");
    parts.push(part);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts));
}
