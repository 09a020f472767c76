"use client";

import { createCache, extractStyle, StyleProvider } from "@ant-design/cssinjs";
import { useServerInsertedHTML } from "next/navigation";
import { useInsertionEffect, useState, type ReactNode } from "react";
import { giveStylesNonce } from "./style-nonce.ts";

const NOTHING_NEW = '.data-ant-cssinjs-cache-path{content:"";}';

/**
 * Puts the styles rendered on the server into the page with its nonce; in the browser they are
 * taken over as they are.
 */
export function StyleRegistry({
  nonce,
  children,
}: {
  readonly nonce: string;
  readonly children: ReactNode;
}) {
  const [cache] = useState(createCache);
  useInsertionEffect(() => giveStylesNonce(nonce), [nonce]);
  useServerInsertedHTML(() => {
    const css = extractStyle(cache, { plain: true, once: true });
    if (css.includes(NOTHING_NEW)) return null;
    return (
      <style
        id="antd-cssinjs"
        data-rc-order="prepend"
        data-rc-priority="-1000"
        nonce={nonce}
        dangerouslySetInnerHTML={{ __html: css }}
      />
    );
  });
  return <StyleProvider cache={cache}>{children}</StyleProvider>;
}
