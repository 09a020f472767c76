import { asStaff } from "@/server/staff.ts";
import { procedure } from "@/server/trpc.ts";
import { attachPayment } from "./attach-payment.ts";
import { cancelOrder } from "./cancel-order.ts";
import { creditPayment } from "./credit-payment.ts";
import { dismissPayment } from "./dismiss-payment.ts";
import { getConfirmation } from "./get-confirmation.ts";
import { getOrder } from "./get-order.ts";
import { getReconciliation, reconciliationInput } from "./get-reconciliation.ts";
import { listInbox } from "./list-inbox.ts";
import { listOrders } from "./list-orders.ts";
import { markForRefund } from "./refund-payment.ts";
import { openCheckout } from "./open-checkout.ts";
import { openOrder } from "./open-order.ts";
import {
  attachPaymentInput,
  creditPaymentInput,
  decidePaymentInput,
  listInboxInput,
  listOrdersInput,
  openCheckoutInput,
  openOrderInput,
  orderInput,
  undoDecisionInput,
} from "./schema.ts";
import { undoDecision } from "./undo-decision.ts";
import { getWaysToPay } from "./get-ways-to-pay.ts";

/** Merged into `billing` by `api/root.ts`. */
export const billingProcedures = {
  openOrder: procedure.input(openOrderInput).mutation(({ ctx, input }) => openOrder(ctx, input)),
  getOrder: procedure.input(orderInput).query(({ ctx, input }) => getOrder(ctx, input.orderId)),
  listOrders: procedure.input(listOrdersInput).query(({ ctx, input }) => listOrders(ctx, input)),
  cancelOrder: procedure
    .input(orderInput)
    .mutation(({ ctx, input }) => cancelOrder(ctx, input.orderId)),
  getWaysToPay: procedure.query(() => getWaysToPay()),
  openCheckout: procedure
    .input(openCheckoutInput)
    .mutation(({ ctx, input }) => openCheckout(ctx, input)),
  getConfirmation: procedure
    .input(orderInput)
    .query(({ ctx, input }) => getConfirmation(ctx, input.orderId)),
};

/** Merged into `finance` by `api/root.ts`. */
export const reconciliationProcedures = {
  getReconciliation: procedure
    .input(reconciliationInput)
    .query(({ ctx, input }) => getReconciliation(asStaff(ctx, ["finance"]), input)),
};

/** Merged into `finance` by `api/root.ts`. */
export const inboxProcedures = {
  listInbox: procedure
    .input(listInboxInput)
    .query(({ ctx, input }) => listInbox(asStaff(ctx, ["finance"]), input)),
  attachPayment: procedure
    .input(attachPaymentInput)
    .mutation(({ ctx, input }) => attachPayment(asStaff(ctx, ["finance"]), input)),
  creditPayment: procedure
    .input(creditPaymentInput)
    .mutation(({ ctx, input }) => creditPayment(asStaff(ctx, ["finance"]), input)),
  markForRefund: procedure
    .input(decidePaymentInput)
    .mutation(({ ctx, input }) => markForRefund(asStaff(ctx, ["finance"]), input)),
  dismissPayment: procedure
    .input(decidePaymentInput)
    .mutation(({ ctx, input }) => dismissPayment(asStaff(ctx, ["finance"]), input)),
  undoDecision: procedure
    .input(undoDecisionInput)
    .mutation(({ ctx, input }) => undoDecision(asStaff(ctx, ["finance"]), input)),
};
