export type ConversationGroup = "today" | "yesterday" | "older";

const DAY_MS = 86_400_000;
/** Vietnam keeps UTC+7 all year. */
const HO_CHI_MINH_OFFSET_MS = 7 * 3_600_000;

function dayNumber(instantMs: number): number {
  return Math.floor((instantMs + HO_CHI_MINH_OFFSET_MS) / DAY_MS);
}

/**
 * Which heading a conversation stands under, by the calendar day in Asia/Ho_Chi_Minh of its last
 * change.
 */
export function conversationGroup(updatedAt: string, nowMs: number): ConversationGroup {
  const daysAgo = dayNumber(nowMs) - dayNumber(Date.parse(updatedAt));
  if (daysAgo <= 0) return "today";
  return daysAgo === 1 ? "yesterday" : "older";
}
