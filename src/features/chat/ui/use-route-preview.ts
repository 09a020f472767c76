import { useMemo, useState } from "react";
import { api } from "@/api/client.ts";
import { routePreviewInput, type RoutePreview } from "../schema.ts";
import { useDebounced } from "./use-debounced.ts";

const DEBOUNCE_MS = 400;
const KEPT_MS = 60_000;

/** What is being written, and to whom. */
export type Draft = {
  readonly text: string;
  readonly conversationId: string | null;
  readonly modelId: string;
};

/**
 * `idle`: nothing is written; `waiting`: nothing is known about this draft yet; `known`: the newest
 * answer, `isFresh` when it is about exactly what stands in the box.
 */
export type DraftPreview =
  | { readonly state: "idle" | "waiting" | "failed" }
  | { readonly state: "known"; readonly preview: RoutePreview; readonly isFresh: boolean };

type Remembered = { readonly draftNumber: number; readonly preview: RoutePreview };

/** Counts drafts: one ends when the box is emptied or belongs to another conversation. */
function useDraftNumber({ text, conversationId }: Draft): number {
  const isOpen = text.trim() !== "";
  const [known, setKnown] = useState({ number: 0, isOpen, conversationId });
  if (known.isOpen === isOpen && known.conversationId === conversationId) return known.number;
  const number = known.number + 1;
  setKnown({ number, isOpen, conversationId });
  return number;
}

/**
 * Asks, a moment after the last key, what would become of the draft. While a newer answer is on its
 * way the older one stands, but never that of another draft.
 */
export function useRoutePreview(draft: Draft): DraftPreview {
  const { text, conversationId, modelId } = draft;
  const draftNumber = useDraftNumber(draft);
  const wished = useMemo(
    () => ({
      text,
      model: modelId,
      ...(conversationId === null ? {} : { conversationId }),
    }),
    [text, conversationId, modelId],
  );
  const asked = useDebounced(wished, DEBOUNCE_MS);
  const isIdle = text.trim() === "";
  const isAskable =
    !isIdle && asked.text.trim() !== "" && routePreviewInput.safeParse(asked).success;
  const query = api.costOptimization.getOptimalModel.useQuery(asked, {
    enabled: isAskable,
    retry: false,
    gcTime: KEPT_MS,
    refetchOnWindowFocus: false,
    trpc: { abortOnUnmount: true },
  });
  const isFresh = asked === wished && query.data !== undefined && !query.isFetching;
  const [last, setLast] = useState<Remembered | null>(null);
  if (isFresh && last?.preview !== query.data) setLast({ draftNumber, preview: query.data });
  if (isIdle) return { state: "idle" };
  if (isFresh) return { state: "known", preview: query.data, isFresh };
  if (last?.draftNumber === draftNumber) {
    return { state: "known", preview: last.preview, isFresh: false };
  }
  return { state: query.isError || (!isAskable && asked === wished) ? "failed" : "waiting" };
}
