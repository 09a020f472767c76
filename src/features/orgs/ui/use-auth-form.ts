"use client";

import { useState, useSyncExternalStore } from "react";
import type { AuthFailure } from "./auth-requests.ts";

const never = () => () => undefined;

/**
 * One running attempt of a form and its failure. Fields open once the page is live, so nothing
 * typed is lost.
 */
export function useAuthForm(onDone: () => void) {
  const isLive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const [isSending, setIsSending] = useState(false);
  const [failure, setFailure] = useState<AuthFailure | null>(null);

  async function send(attempt: () => Promise<AuthFailure | null>): Promise<void> {
    setIsSending(true);
    setFailure(null);
    const outcome = await attempt();
    setFailure(outcome);
    setIsSending(false);
    if (outcome === null) onDone();
  }

  return { isLive, isSending, failure, send };
}
