"use client";

import { api } from "@/api/client.ts";

/** How money can come here; `isClosed`: by none, as far as is known. */
export function useWaysToPay() {
  const { data } = api.billing.getWaysToPay.useQuery(undefined, { staleTime: Infinity });
  const isClosed = data !== undefined && !data.isTransferOpen && data.checkouts.length === 0;
  return { checkouts: data?.checkouts ?? [], isClosed };
}
