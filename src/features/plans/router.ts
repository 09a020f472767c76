import { asStaff } from "@/server/staff.ts";
import { procedure } from "@/server/trpc.ts";
import { cancelSubscription } from "./cancel-subscription.ts";
import { changePlan } from "./change-plan.ts";
import { getPlans } from "./get-plans.ts";
import { listPlanTerms } from "./list-plan-terms.ts";
import { cancelSubscriptionInput, changePlanInput } from "./schema.ts";

/** Merged into `billing` by `api/root.ts`. */
export const plansProcedures = {
  getPlans: procedure.query(({ ctx }) => getPlans(ctx)),
  setCancelled: procedure
    .input(cancelSubscriptionInput)
    .mutation(({ ctx, input }) => cancelSubscription(ctx, input)),
};

/** Merged into `finance` by `api/root.ts`; each asks for the role. */
export const planAdminProcedures = {
  listPlanTerms: procedure.query(({ ctx }) => listPlanTerms(asStaff(ctx, ["finance"]))),
  changePlan: procedure
    .input(changePlanInput)
    .mutation(({ ctx, input }) => changePlan(asStaff(ctx, ["finance"]), input)),
};
