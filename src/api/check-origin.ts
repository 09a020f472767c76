import { DomainError } from "@/domain/errors.ts";
import { env } from "@/server/env.ts";

export type OriginSettings = {
  readonly BASE_URL: string;
  readonly isBaseUrlDefault: boolean;
  readonly PORT: number;
};

const READING_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * The origins our own pages have: that of BASE_URL; while it is the default, this machine's three
 * names on PORT.
 */
export function allowedOrigins(settings: OriginSettings): readonly string[] {
  if (!settings.isBaseUrlDefault) return [new URL(settings.BASE_URL).origin];
  return ["localhost", "127.0.0.1", "[::1]"].map((host) => `http://${host}:${settings.PORT}`);
}

/**
 * Lets a state-changing request through a door that accepts cookies only from our own pages:
 * browsers set `Origin` and scripts of other sites cannot.
 * @throws DomainError `forbidden` when the header is missing, `null` or foreign.
 */
export function checkOrigin(request: Request, settings: OriginSettings = env()): void {
  if (READING_METHODS.has(request.method)) return;
  const origin = request.headers.get("origin");
  if (origin === null || !allowedOrigins(settings).includes(origin)) {
    throw new DomainError(
      "forbidden",
      origin === null ? "no Origin header" : "foreign Origin header",
    );
  }
}
