"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { httpBatchLink, httpLink, splitLink, TRPCClientError } from "@trpc/client";
import { useState, type ReactNode } from "react";
import superjson from "superjson";
import { config } from "zod";
import { api } from "./client.ts";

// The page's policy forbids evaluating code; zod would try once, and each try is reported as a violation.
if (typeof window !== "undefined") config({ jitless: true });

const STALE_MS = 10_000;
const RETRIES_MAX = 2;

/**
 * Only what may pass by itself is asked again: lost lines and answers of 5xx; refusals stay
 * refusals.
 */
function mayRetry(failures: number, error: unknown): boolean {
  const status = statusOf(error);
  return failures < RETRIES_MAX && (status === null || status >= 500);
}

/** Null when the server was not reached at all. */
function statusOf(error: unknown): number | null {
  const data: unknown = error instanceof TRPCClientError ? error.data : null;
  if (typeof data !== "object" || data === null || !("httpStatus" in data)) return null;
  return typeof data.httpStatus === "number" ? data.httpStatus : null;
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: STALE_MS, retry: mayRetry },
      mutations: { retry: false },
    },
  });
}

const address = { url: "/api/trpc", transformer: superjson };

/**
 * A draft is private and may be long: it travels as a body, never in an address. And alone, so that
 * it holds up nothing else and can be given up for the next.
 */
const link = splitLink({
  condition: ({ path }) => path === "costOptimization.getOptimalModel",
  true: httpLink({ ...address, methodOverride: "POST" }),
  false: httpBatchLink(address),
});

/** One client per page load, for everything below. */
export function ClientProvider({ children }: { readonly children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  const [client] = useState(() => api.createClient({ links: [link] }));
  return (
    <api.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </api.Provider>
  );
}
