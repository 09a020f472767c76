import type { z } from "zod";
import { DomainError } from "@/domain/errors.ts";

/** `contract.md` 1: no body of ours is larger. */
export const BODY_BYTES_MAX = 1024 * 1024;

/**
 * Reads a body up to the limit, however it is sent. @throws DomainError `payload_too_large` as soon
 * as the limit is passed.
 */
export async function readBody(request: Request, bytesMax = BODY_BYTES_MAX): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge(bytesMax);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.byteLength;
    if (size > bytesMax) throw tooLarge(bytesMax);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function tooLarge(bytesMax: number): DomainError {
  return new DomainError("payload_too_large", `the body is larger than ${bytesMax} bytes`);
}

/**
 * Reads, decodes and parses a JSON body by a schema.
 * @throws DomainError `unsupported_media_type`, `payload_too_large`, `invalid_input` (with the
 * first wrong field).
 */
export async function readJsonBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    throw new DomainError("unsupported_media_type", "the body is not application/json");
  }
  const parsed = schema.safeParse(parseJson(await readBody(request)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DomainError("invalid_input", issue?.message ?? "wrong input", {
    field: issue?.path.join(".") ?? "",
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new DomainError("invalid_input", "the body is not JSON in UTF-8");
  }
}
