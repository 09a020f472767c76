import { config } from "zod/v4/core";

/*
 * Runs in the browser before any page of ours: fits libraries to the content security policy that
 * the proxy sets.
 */

// zod would try out `new Function`, which the policy refuses and reports.
config({ jitless: true });

giveStylesTheNonce(document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "");

/**
 * Ant Design's scroll lock and its measure of scroll bars add style elements without a nonce and
 * take none. What makes an element here is a script the policy let in already; markup that slips
 * into a page as text does not come by.
 */
function giveStylesTheNonce(nonce: string): void {
  const create: unknown = Reflect.get(document, "createElement");
  if (typeof create !== "function") return;
  const withNonce = new Proxy(create, {
    apply: (_, self, parameters) => {
      const element: unknown = Reflect.apply(create, self, parameters);
      if (element instanceof HTMLStyleElement) element.nonce = nonce;
      return element;
    },
  });
  Reflect.set(document, "createElement", withNonce);
}
