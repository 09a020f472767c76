import Link from "next/link";
import type { ReactNode } from "react";

type Look = "primary" | "secondary";

/** A link that looks like a button, for pages without Ant Design. */
export function PlainLink(props: {
  readonly href: string;
  readonly look: Look;
  readonly children: ReactNode;
}) {
  return (
    <Link className={`plain-${props.look}`} href={props.href} prefetch={false}>
      {props.children}
    </Link>
  );
}

/** A button for pages without Ant Design. */
export function PlainButton(props: {
  readonly onClick: () => void;
  readonly look: Look;
  readonly children: ReactNode;
}) {
  return (
    <button className={`plain-${props.look}`} type="button" onClick={props.onClick}>
      {props.children}
    </button>
  );
}
