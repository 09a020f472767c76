"use client";

import { useEffect, useState } from "react";
import { PlainButton } from "@/components/plain-button.tsx";
import { PlainPage } from "@/components/plain-page.tsx";
import "./globals.css";

type Texts = { readonly title: string; readonly text: string; readonly retry: string };

/**
 * The layout itself has fallen, and with it everything that knows the language: both stand here. The catalogues are
 * fetched only now, so that no other page carries them.
 */
export default function GlobalError({
  reset,
}: {
  readonly error: Error;
  readonly reset: () => void;
}) {
  const [texts, setTexts] = useState<readonly Texts[]>([]);
  useEffect(() => {
    void Promise.all([import("@/messages/vi.json"), import("@/messages/en.json")]).then((both) => {
      setTexts(both.map((catalogue) => catalogue.default.common.crash));
    });
  }, []);
  const all = (part: keyof Texts) => texts.map((each) => each[part]).join(" · ");
  return (
    <html lang="vi">
      <body>
        <title>Phở Chat</title>
        <PlainPage title={all("title")} text={all("text")}>
          <PlainButton look="primary" onClick={reset}>
            {texts.length === 0 ? "↻" : all("retry")}
          </PlainButton>
        </PlainPage>
      </body>
    </html>
  );
}
