import { useCallback, useSyncExternalStore } from "react";

const LOOK_MS = 250;

function secondsUntil(instantMs: number | null): number {
  return instantMs === null ? 0 : Math.max(0, Math.ceil((instantMs - Date.now()) / 1_000));
}

/** Whole seconds until an instant of this device's clock, counting down; 0 once it has come. */
export function useSecondsUntil(instantMs: number | null): number {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const timer = setInterval(() => {
        onChange();
        if (secondsUntil(instantMs) === 0) clearInterval(timer);
      }, LOOK_MS);
      return () => clearInterval(timer);
    },
    [instantMs],
  );
  return useSyncExternalStore(
    subscribe,
    () => secondsUntil(instantMs),
    () => 0,
  );
}
