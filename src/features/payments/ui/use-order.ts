import { useEffect, useRef } from "react";
import { api } from "@/api/client.ts";
import { useRefreshUsageSummary } from "@/features/budgets/ui/use-usage-summary.ts";
import type { OrderView } from "../schema.ts";

/** Between the webhook and the page: at most this long, and the way there. */
const POLL_MS = 1_000;
/** What was sent before an order ended may be heard of later. */
const POLL_ENDED_MS = 10_000;

function pollMs(state: OrderView["state"] | undefined): number | false {
  switch (state) {
    case "open":
    case "partially_paid":
      return POLL_MS;
    case "expired":
    case "cancelled":
      return POLL_ENDED_MS;
    default:
      return false;
  }
}

/** Everything on screen that money changes. */
function useRefreshAfterMoney(): () => void {
  const utils = api.useUtils();
  const refreshSummary = useRefreshUsageSummary();
  return () => {
    void refreshSummary();
    void utils.billing.getPlans.invalidate();
    void utils.billing.listOrders.invalidate();
  };
}

/**
 * An order as the server knows it, asked again while it waits for money and the page is seen. That
 * is all a page does about a payment: what was paid is decided by the bank's notice alone.
 */
export function useOrder(orderId: string) {
  const query = api.billing.getOrder.useQuery(
    { orderId },
    {
      staleTime: 0,
      // The next look comes by itself.
      retry: false,
      refetchInterval: ({ state }) => pollMs(state.data?.state),
      refetchIntervalInBackground: false,
      refetchOnWindowFocus: "always",
    },
  );
  const { data } = query;
  const standing = data === undefined ? null : `${data.state} ${data.paidMicroVnd}`;
  const known = useRef<string | null>(null);
  const refresh = useRefreshAfterMoney();
  useEffect(() => {
    if (standing === null || known.current === standing) return;
    if (known.current !== null) refresh();
    known.current = standing;
  }, [refresh, standing]);
  return query;
}
