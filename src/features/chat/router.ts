import { procedure, router } from "@/server/trpc.ts";
import { calculateCostBreakdown } from "./calculate-cost-breakdown.ts";
import { deleteConversation } from "./delete-conversation.ts";
import { getConversation } from "./get-conversation.ts";
import { listConversations } from "./list-conversations.ts";
import { listModels } from "./list-models.ts";
import { renameConversation } from "./rename-conversation.ts";
import { previewRoute } from "./preview-route.ts";
import {
  conversationIdInput,
  costBreakdownInput,
  renameConversationInput,
  routePreviewInput,
} from "./schema.ts";

/** Merged into `costOptimization` by `api/root.ts`. */
export const routeProcedures = {
  getOptimalModel: procedure
    .input(routePreviewInput)
    .query(({ ctx, input }) => previewRoute(ctx, input)),
  calculateCostBreakdown: procedure
    .input(costBreakdownInput)
    .query(({ ctx, input }) => calculateCostBreakdown(ctx, input)),
};

export const chatRouter = router({
  listConversations: procedure.query(({ ctx }) => listConversations(ctx)),
  getConversation: procedure
    .input(conversationIdInput)
    .query(({ ctx, input }) => getConversation(ctx, input.conversationId)),
  renameConversation: procedure
    .input(renameConversationInput)
    .mutation(({ ctx, input }) => renameConversation(ctx, input)),
  deleteConversation: procedure
    .input(conversationIdInput)
    .mutation(({ ctx, input }) => deleteConversation(ctx, input.conversationId)),
  listModels: procedure.query(({ ctx }) => listModels(ctx)),
});
