"use client";

import {
  createContext,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { rememberPreference, type Look } from "./preferences.ts";
import type { Scheme } from "./theme.ts";

type DocumentSettings = {
  /**
   * Of the page as it was loaded: the browser keeps to the policy of that answer, whatever later
   * ones say.
   */
  readonly nonce: string;
  readonly look: Look;
  readonly scheme: Scheme;
  readonly setLook: (look: Look) => void;
};

const Context = createContext<DocumentSettings | null>(null);

const DARK = "(prefers-color-scheme: dark)";

function subscribeToSystem(onChange: () => void): () => void {
  const query = window.matchMedia(DARK);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}

const systemScheme = (): Scheme => (window.matchMedia(DARK).matches ? "dark" : "light");

type DocumentSettingsProviderProps = {
  readonly nonce: string;
  readonly look: Look;
  /**
   * What the server took the system's scheme for; the first paint in the browser agrees with it.
   */
  readonly systemSchemeGuess: Scheme;
  readonly children: ReactNode;
};

/** Nonce and look of the document, for everything below. */
export function DocumentSettingsProvider(props: DocumentSettingsProviderProps) {
  const [nonce] = useState(props.nonce);
  const [look, showLook] = useState(props.look);
  const system = useSyncExternalStore(
    subscribeToSystem,
    systemScheme,
    () => props.systemSchemeGuess,
  );
  useEffect(() => {
    rememberPreference("system-scheme", system);
  }, [system]);
  const setLook = useCallback((next: Look) => {
    rememberPreference("look", next);
    document.documentElement.dataset["look"] = next;
    showLook(next);
  }, []);
  const value = useMemo(
    () => ({ nonce, look, scheme: look === "system" ? system : look, setLook }),
    [nonce, look, system, setLook],
  );
  return <Context value={value}>{props.children}</Context>;
}

/** @throws Error outside the root layout. */
export function useDocumentSettings(): DocumentSettings {
  const settings = use(Context);
  if (settings === null) throw new Error("DocumentSettingsProvider is missing");
  return settings;
}
