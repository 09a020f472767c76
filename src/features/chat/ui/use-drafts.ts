import { useCallback, useState } from "react";

/** What is written but not sent, apart for each conversation, as long as the page lives. */
export function useDrafts(key: string): [draft: string, setDraft: (text: string) => void] {
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  const setDraft = useCallback(
    (text: string) => setDrafts((all) => ({ ...all, [key]: text })),
    [key],
  );
  return [drafts[key] ?? "", setDraft];
}
