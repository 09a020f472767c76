import type { ReactNode } from "react";

type PlainPageProps = {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
};

/** A page of one message and its ways on, without Ant Design: it must stand when everything else has fallen. */
export function PlainPage({ title, text, children }: PlainPageProps) {
  return (
    <main className="plain-page">
      <div className="bowl" aria-hidden="true" />
      <h1>{title}</h1>
      <p>{text}</p>
      <div>{children}</div>
    </main>
  );
}
