import { DomainError } from "@/domain/errors.ts";
import type { Ctx } from "@/server/ctx.ts";
import { decideTurn } from "./decide-turn.ts";
import { decisionViewOf } from "./describe-decision.ts";
import { refusalOf } from "./describe-refusal.ts";
import { loadQuestion, type LoadedTurn } from "./load-turn.ts";
import type { RoutePreview, RoutePreviewInput } from "./schema.ts";

/**
 * What would become of a question if it were sent now, by the reading and the choice of a real turn:
 * no provider is asked and nothing is claimed or held. Writes at most the budget period, once a
 * month.
 * @returns the decision, or the refusal the question would meet. @throws DomainError `not_found`
 * for a conversation that is not the caller's.
 */
export async function previewRoute(ctx: Ctx, input: RoutePreviewInput): Promise<RoutePreview> {
  const loaded = await loadQuestion(ctx, {
    provider: "auto",
    body: {
      model: input.model,
      messages: [{ role: "user", content: input.text }],
      ...(input.conversationId === undefined ? {} : { conversationId: input.conversationId }),
    },
  });
  return outcomeOf(loaded);
}

function outcomeOf(loaded: LoadedTurn): RoutePreview {
  try {
    return { kind: "plan", decision: decisionViewOf(loaded.facts, decideTurn(loaded)) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { kind: "refused", refusal: refusalOf(error.code, error.details) };
  }
}
