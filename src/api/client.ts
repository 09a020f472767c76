import { createTRPCReact } from "@trpc/react-query";
import type { AppRouter } from "./root.ts";

/** The typed client of `/api/trpc`; the router comes as a type only, none of its code. */
export const api = createTRPCReact<AppRouter>();
