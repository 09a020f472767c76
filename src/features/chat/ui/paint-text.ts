/** A hidden page gets no animation frames; its text may lag by this much. */
const HIDDEN_DELAY_MS = 250;
/**
 * Rendering grows with the text, so long answers are painted less often: 1 ms apart per 200
 * characters.
 */
const CHARACTERS_PER_DELAY_MS = 200;
const LONGEST_DELAY_MS = 250;

/**
 * Gathers streamed text and hands it on at most once per animation frame (rarer for long answers).
 * `flush` hands on what is left at once: call it before any event that must come after the text.
 */
export function createTextPainter(paint: (text: string) => void): {
  push(text: string): void;
  flush(): void;
} {
  let pending = "";
  let paintedLength = 0;
  let cancelScheduled: (() => void) | null = null;

  const flush = (): void => {
    cancelScheduled?.();
    cancelScheduled = null;
    if (pending === "") return;
    const text = pending;
    pending = "";
    paintedLength += text.length;
    paint(text);
  };

  const schedule = (): void => {
    const delayMs = Math.min(LONGEST_DELAY_MS, Math.floor(paintedLength / CHARACTERS_PER_DELAY_MS));
    if (document.visibilityState !== "hidden" && delayMs <= 16) {
      const frame = requestAnimationFrame(flush);
      cancelScheduled = () => cancelAnimationFrame(frame);
      return;
    }
    const timer = setTimeout(
      flush,
      Math.max(delayMs, document.visibilityState === "hidden" ? HIDDEN_DELAY_MS : 0),
    );
    cancelScheduled = () => clearTimeout(timer);
  };

  return {
    push(text) {
      pending += text;
      if (cancelScheduled === null) schedule();
    },
    flush,
  };
}
