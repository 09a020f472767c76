import { useCallback, useMemo, useSyncExternalStore } from "react";
import { api } from "@/api/client.ts";
import type { ModelChoiceView } from "../schema.ts";
import type { ModelChoice } from "./turn-state.ts";

const STORAGE_KEY = "pho.chat.model";
const CHANGE_EVENT = "pho-chat-model-change";
export const AUTO_MODEL = "auto";

function subscribe(onChange: () => void): () => void {
  window.addEventListener("storage", onChange);
  window.addEventListener(CHANGE_EVENT, onChange);
  return () => {
    window.removeEventListener("storage", onChange);
    window.removeEventListener(CHANGE_EVENT, onChange);
  };
}

/** Storage may be closed (private mode, policy); then the choice lasts as long as the default. */
function readStored(): string {
  try {
    return window.localStorage.getItem(STORAGE_KEY) ?? AUTO_MODEL;
  } catch {
    return AUTO_MODEL;
  }
}

export type ModelSelection = {
  readonly models: readonly ModelChoiceView[];
  readonly modelId: string;
  readonly choice: ModelChoice;
  readonly select: (modelId: string) => void;
  readonly modelById: ReadonlyMap<string, ModelChoiceView>;
};

const noModels: readonly ModelChoiceView[] = [];

/**
 * The model the next message asks for, remembered by this browser; Auto when the remembered one is
 * not allowed.
 */
export function useModelChoice(): ModelSelection {
  const { data: models = noModels } = api.chat.listModels.useQuery(undefined, {
    staleTime: 60_000,
  });
  const stored = useSyncExternalStore(subscribe, readStored, () => AUTO_MODEL);
  const modelById = useMemo(() => new Map(models.map((model) => [model.id, model])), [models]);
  const chosen = modelById.get(stored);
  const isChosen = chosen?.isAllowed === true;
  const modelId = isChosen ? chosen.id : AUTO_MODEL;
  const choice = useMemo(
    () => ({ provider: isChosen ? chosen.provider : AUTO_MODEL, model: modelId }),
    [chosen, isChosen, modelId],
  );
  const select = useCallback((id: string) => {
    try {
      window.localStorage.setItem(STORAGE_KEY, id);
    } catch {
      return;
    }
    window.dispatchEvent(new Event(CHANGE_EVENT));
  }, []);
  return { models, modelId, choice, select, modelById };
}
