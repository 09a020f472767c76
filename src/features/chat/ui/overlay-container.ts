export const OVERLAYS_ID = "chat-overlays";

/**
 * Where drawers and dialogs of the chat open. Not in the body: there they would add a style element
 * (against scrolling behind them) that has no nonce, which the content security policy refuses; the
 * chat page does not scroll as a whole anyway.
 */
export function overlayContainer(): HTMLElement {
  return document.getElementById(OVERLAYS_ID) ?? document.body;
}
