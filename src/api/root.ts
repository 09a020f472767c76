import { budgetsProcedures } from "@/features/budgets/router.ts";
import { chatRouter, routeProcedures } from "@/features/chat/router.ts";
import { orgsRouter } from "@/features/orgs/router.ts";
import {
  billingProcedures,
  inboxProcedures,
  reconciliationProcedures,
} from "@/features/payments/router.ts";
import { planAdminProcedures, plansProcedures } from "@/features/plans/router.ts";
import { usageProcedures } from "@/features/usage/router.ts";
import { router } from "@/server/trpc.ts";

export const appRouter = router({
  costOptimization: router({ ...budgetsProcedures, ...usageProcedures, ...routeProcedures }),
  chat: chatRouter,
  billing: router({ ...plansProcedures, ...billingProcedures }),
  finance: router({ ...inboxProcedures, ...reconciliationProcedures, ...planAdminProcedures }),
  orgs: orgsRouter,
});

export type AppRouter = typeof appRouter;
