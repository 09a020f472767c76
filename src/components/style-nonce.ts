/**
 * Gives every style element made from now on the document's nonce. Ant Design's own styles bring it themselves, but its
 * scroll-bar measuring (tables) and scroll locking (dialogs) do not, and the policy would block them. Scripts need the
 * nonce to run in the first place, so nothing is let in that was not let in already.
 * @returns what undoes it.
 */
export function giveStylesNonce(nonce: string): () => void {
  const createElement: unknown = Reflect.get(document, "createElement");
  if (typeof createElement !== "function") return () => undefined;
  const nonced = new Proxy(createElement, {
    apply(target, self, parameters) {
      const element: unknown = Reflect.apply(target, self, parameters);
      if (element instanceof HTMLStyleElement) element.nonce = nonce;
      return element;
    },
  });
  Reflect.set(document, "createElement", nonced);
  return () => {
    Reflect.deleteProperty(document, "createElement");
  };
}
