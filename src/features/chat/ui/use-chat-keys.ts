import { useEffect, useEffectEvent } from "react";

/** What Esc closes first. */
const OPEN_OVERLAYS = [
  ".ant-modal-wrap",
  ".ant-drawer-open",
  ".ant-popover:not(.ant-popover-hidden)",
  ".ant-dropdown:not(.ant-dropdown-hidden)",
].join();

type ChatKeys = {
  readonly isAnswering: boolean;
  readonly onStop: () => void;
  readonly onNew: () => void;
};

/**
 * Keys that work anywhere on the chat page: Esc stops the answer, Ctrl/Cmd+Shift+O opens a new
 * conversation.
 */
export function useChatKeys({ isAnswering, onStop, onNew }: ChatKeys): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    if (event.key === "Escape" && isAnswering && document.querySelector(OPEN_OVERLAYS) === null) {
      onStop();
    }
    if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "o") {
      event.preventDefault();
      onNew();
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKeyDown(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}
