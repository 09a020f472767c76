import { useCallback, useState } from "react";
import { api } from "@/api/client.ts";
import type { PlanCardView } from "@/features/plans/schema.ts";
import type { OpenOrderInput } from "../schema.ts";
import { useOrderFailureText } from "./use-order-failure-text.ts";

type OrderPlace = {
  readonly orderId: string | null;
  readonly setOrderId: (orderId: string | null) => void;
};

/**
 * From a choice to the order that is to be paid. A plan that may begin at two instants asks which
 * one first; one order per plan is open at a time, so choosing again finds the same one.
 */
export function usePurchase({ orderId, setOrderId }: OrderPlace) {
  const utils = api.useUtils();
  const failureText = useOrderFailureText();
  const [plan, setPlan] = useState<PlanCardView | null>(null);
  const opening = api.billing.openOrder.useMutation({
    onSuccess: (order) => {
      utils.billing.getOrder.setData({ orderId: order.orderId }, order);
      void utils.billing.listOrders.invalidate();
      setPlan(null);
      setOrderId(order.orderId);
    },
  });
  const { mutate, reset } = opening;
  const open = useCallback((input: OpenOrderInput) => mutate(input), [mutate]);
  const close = (): void => {
    reset();
    setPlan(null);
    setOrderId(null);
  };
  const buyPlan = (wanted: PlanCardView): void => {
    const [first, ...others] = wanted.starts;
    if (first === undefined) return;
    close();
    if (others.length > 0) setPlan(wanted);
    else open({ kind: "plan", planId: wanted.planId, starts: first.starts });
  };
  const topUp = (amountVnd: number): void => {
    close();
    open({ kind: "top_up", amountVnd });
  };
  return {
    ...{ orderId, plan, buyPlan, topUp, open, close },
    pending: opening.isPending ? opening.variables : null,
    failure: opening.error === null ? null : failureText(opening.error),
  };
}

export type Purchase = ReturnType<typeof usePurchase>;
