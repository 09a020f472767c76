import { DomainError } from "@/domain/errors.ts";
import { databaseErrorCode, databaseErrorMessage } from "@/server/db/database-errors.ts";

const FOREIGN_KEY_VIOLATION = "23503";
const OWNER_OF_CONVERSATION = "messages_owner_of_conversation_fkey";

/**
 * Turns "the question finds no conversation to stand in" into `not_found`: it was deleted between
 * the facts and the claim, which was undone with it. Any other error passes unchanged.
 * @returns the error to throw.
 */
export function asConversationGone(error: unknown): unknown {
  const isGone =
    databaseErrorCode(error) === FOREIGN_KEY_VIOLATION &&
    databaseErrorMessage(error)?.includes(OWNER_OF_CONVERSATION) === true;
  return isGone ? new DomainError("not_found", "the conversation was deleted meanwhile") : error;
}
