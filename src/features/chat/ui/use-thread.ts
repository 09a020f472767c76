import { useEffect, useMemo, useRef } from "react";
import { api } from "@/api/client.ts";
import type { ConversationDetail } from "../schema.ts";
import { buildThread, isSettling, type ThreadEntry } from "./build-thread.ts";
import { isReading, type LiveTurn } from "./turn-state.ts";

const POLL_FIRST_MS = 500;
const POLL_SLOWEST_MS = 5_000;
const nothingStored = { messages: [], runningTurnIds: [] };

export type Thread = {
  readonly entries: readonly ThreadEntry[];
  readonly title: string | null;
  readonly state: "empty" | "loading" | "ready" | "not_found" | "failed";
  readonly reload: () => void;
};

function mustAskAgain(stored: ConversationDetail, liveTurns: readonly LiveTurn[]): boolean {
  const readHere = new Set(liveTurns.filter(isReading).map(({ turnId }) => turnId));
  if (stored.runningTurnIds.some((turnId) => !readHere.has(turnId))) return true;
  return isSettling(buildThread(stored, liveTurns));
}

/** A stopped turn's cost is booked after the page has let go of it: the budget bar follows then. */
function useBudgetAfterSettling(isOpen: boolean): void {
  const utils = api.useUtils();
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) void utils.costOptimization.getUsageSummary.invalidate();
    wasOpen.current = isOpen;
  }, [isOpen, utils]);
}

function stateOf(
  errorCode: string | undefined,
  isMissing: boolean,
  isEmpty: boolean,
): Thread["state"] {
  if (!isEmpty) return "ready";
  if (errorCode !== undefined)
    return errorCode === "not_found" || errorCode === "invalid_input" ? "not_found" : "failed";
  return isMissing ? "loading" : "empty";
}

/**
 * The conversation on screen: what the server stored and the turns under way here, joined. While
 * some turn is closed here but not there (Stop, lost line, reload in mid-answer), the server is
 * asked again, ever more slowly.
 */
export function useThread(conversationId: string | null, liveTurns: readonly LiveTurn[]): Thread {
  const query = api.chat.getConversation.useQuery(
    { conversationId: conversationId ?? "" },
    {
      enabled: conversationId !== null,
      refetchInterval: ({ state }) => {
        if (state.data === undefined || !mustAskAgain(state.data, liveTurns)) return false;
        return Math.min(POLL_SLOWEST_MS, POLL_FIRST_MS * 1.3 ** (state.dataUpdateCount % 20));
      },
    },
  );
  const stored = conversationId === null ? undefined : query.data;
  const entries = useMemo(
    () => buildThread(stored ?? nothingStored, liveTurns),
    [stored, liveTurns],
  );
  useBudgetAfterSettling(isSettling(entries));
  const { refetch } = query;
  return {
    entries,
    title: stored?.conversation.title ?? null,
    state: stateOf(
      conversationId === null ? undefined : query.error?.data?.domain,
      conversationId !== null && stored === undefined,
      entries.length === 0,
    ),
    reload: () => void refetch(),
  };
}
