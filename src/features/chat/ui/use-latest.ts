import { useEffect, useRef } from "react";

/** A value for callbacks that outlive the render they were made in. */
export function useLatest<Value>(value: Value): { readonly current: Value } {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  return latest;
}
