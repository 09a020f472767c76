import { useEffect, useRef, type RefObject } from "react";

/**
 * Brings a part of the page into sight and into focus whenever a person's step changed what it
 * holds. @param step what it holds; null: nothing to be shown.
 */
export function useReveal(step: string | null): RefObject<HTMLDivElement | null> {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (step === null) return;
    frame.current?.scrollIntoView({ block: "start" });
    frame.current?.focus({ preventScroll: true });
  }, [step]);
  return frame;
}
