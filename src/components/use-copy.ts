import { useCallback, useEffect, useRef, useState } from "react";

const SHOWN_FOR_MS = 2_000;

/** Copies to the clipboard and says for a moment that it has. */
export function useCopy(): { isCopied: boolean; copy: (text: string) => void } {
  const [isCopied, setIsCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = useCallback((text: string) => {
    const confirm = (): void => {
      setIsCopied(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setIsCopied(false), SHOWN_FOR_MS);
    };
    // Refused without a secure context or permission: the button then simply does not say "copied".
    navigator.clipboard.writeText(text).then(confirm, () => undefined);
  }, []);
  return { isCopied, copy };
}
