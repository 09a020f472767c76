import { DomainError } from "@/domain/errors.ts";
import { divCeil } from "@/domain/money/division.ts";
import { MICRO_PER_VND } from "@/domain/money/vnd.ts";
import type { Ctx } from "@/server/ctx.ts";
import { env } from "@/server/env.ts";
import { paymentProviders } from "@/server/payment-providers/providers.ts";
import type { CheckoutView, OpenCheckoutInput } from "./schema.ts";
import { findOrder } from "./store-orders.ts";

/**
 * Opens a provider's payment page for what an order still misses, until the order ends. It changes
 * nothing of ours: the order is paid when the provider's notice says so, never by coming back.
 * Repeatable.
 * @throws DomainError `provider_not_configured`; `not_found`, also for somebody else's order;
 * `state_conflict` for one that waits for no money; `provider_failed`.
 */
export async function openCheckout(
  ctx: Ctx,
  input: OpenCheckoutInput,
  providers = paymentProviders(),
): Promise<CheckoutView> {
  const open = providers.get(input.provider)?.openCheckout;
  if (open === undefined) {
    const { provider } = input;
    throw new DomainError("provider_not_configured", `no checkout by ${provider}`, { provider });
  }
  const order = await findOrder(ctx.db, { orgId: ctx.orgId, orderId: input.orderId });
  if (order === null) throw new DomainError("not_found", "no such order");
  const { code, state, expiresAt } = order;
  const missingMicroVnd = order.priceMicroVnd - order.paidMicroVnd;
  const isLiving = state === "open" || state === "partially_paid";
  if (!isLiving || expiresAt <= ctx.now || missingMicroVnd <= 0n) {
    throw new DomainError("state_conflict", `order ${code} waits for no money`);
  }
  const pageUrl = `${env().BASE_URL}/billing?order=${order.id}`;
  const { url } = await open({
    orderCode: code,
    amountVnd: Number(divCeil(missingMicroVnd, MICRO_PER_VND)),
    expiresAt,
    returnUrl: pageUrl,
    cancelUrl: pageUrl,
  });
  // The browser goes where this says.
  if (!url.startsWith("https://")) {
    throw new DomainError("provider_failed", "a checkout without a safe address", {
      provider: input.provider,
    });
  }
  return { url };
}
