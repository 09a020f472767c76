import { noteSocketAddresses } from "@/server/client-address.ts";
import { env } from "@/server/env.ts";

/** @throws Error naming the wrong or missing settings. */
export function startServer(): void {
  env();
  noteSocketAddresses();
}
