"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { orderInput } from "../schema.ts";

/** The order being paid, as the address has it (`?order=<id>`): left, it can be found again. */
export function useOrderPlace(): {
  readonly orderId: string | null;
  readonly setOrderId: (orderId: string | null) => void;
} {
  const search = useSearchParams();
  const wished = orderInput.shape.orderId.safeParse(search.get("order"));
  const orderId = wished.success ? wished.data : null;
  const setOrderId = useCallback(
    (next: string | null) => {
      if (next === orderId) return;
      const query = next === null ? "" : `?${new URLSearchParams({ order: next }).toString()}`;
      window.history.pushState(null, "", `${window.location.pathname}${query}`);
    },
    [orderId],
  );
  return { orderId, setOrderId };
}
