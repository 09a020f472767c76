"use client";

import { api } from "@/api/client.ts";

/**
 * How money can come here. `isClosed`: known to come by none. `isOpen`: asked about and not closed,
 * so that nothing is offered that would be taken away again.
 */
export function useWaysToPay() {
  const { data, isPending } = api.billing.getWaysToPay.useQuery(undefined, { staleTime: Infinity });
  const isClosed = data !== undefined && !data.isTransferOpen && data.checkouts.length === 0;
  return { checkouts: data?.checkouts ?? [], isClosed, isOpen: !isPending && !isClosed };
}
