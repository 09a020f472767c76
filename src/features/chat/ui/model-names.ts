import type { ModelChoiceView } from "../schema.ts";

/** The models a person may meet, by id. */
export type ModelNames = ReadonlyMap<string, ModelChoiceView>;

/** A model's name as the list has it; its id when it is no longer there. */
export function modelLabel(modelById: ModelNames, modelId: string): string {
  return modelById.get(modelId)?.name ?? modelId;
}
