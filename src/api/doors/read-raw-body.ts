import { DomainError } from "@/domain/errors.ts";

type Piece = { readonly done: boolean; readonly value?: Uint8Array | undefined };

/**
 * Reads a body's bytes as they came, up to a size and within a time, however it is sent: a sender
 * that trickles or never ends is left. What is not read then is not cancelled (that would cut the
 * line before the answer); answer with `connection: close`.
 * @throws DomainError `payload_too_large`, or `invalid_input` when it was not whole in time.
 */
export async function readRawBody(
  request: Request,
  limits: { readonly bytesMax: number; readonly withinMs: number },
): Promise<Uint8Array> {
  const { bytesMax, withinMs } = limits;
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new DomainError("invalid_input", `not whole in ${withinMs} ms`));
    timer = setTimeout(refuse, withinMs);
  });
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { value } = await Promise.race([readPiece(reader), late]);
      if (value === undefined) return Buffer.concat(pieces);
      size += value.byteLength;
      if (size > bytesMax) throw tooLarge(bytesMax);
      pieces.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

async function readPiece(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Piece> {
  try {
    return await reader.read();
  } catch {
    throw new DomainError("invalid_input", "the sender went away before its body was whole");
  }
}

function tooLarge(bytesMax: number): DomainError {
  return new DomainError("payload_too_large", `the body is larger than ${bytesMax} bytes`);
}
