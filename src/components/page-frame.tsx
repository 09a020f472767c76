import type { ReactNode } from "react";
import styles from "./page-frame.module.css";

/** Title and content of a page that reads like a document (not the chat). */
export function PageFrame({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles["page"]}>
      <h1 className={styles["title"]}>{title}</h1>
      {children}
    </div>
  );
}

/** One raised sheet of a page, with its heading. */
export function Sheet(props: {
  readonly title: ReactNode;
  readonly extra?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles["sheet"]}>
      <header className={styles["sheetHead"]}>
        <h2 className={styles["sheetTitle"]}>{props.title}</h2>
        {props.extra}
      </header>
      {props.children}
    </section>
  );
}

/** Named figures side by side, as many as fit. */
export function Figures({
  items,
}: {
  readonly items: readonly { readonly name: ReactNode; readonly value: ReactNode }[];
}) {
  return (
    <dl className={styles["figures"]}>
      {items.map((item, index) => (
        <div key={index} className={styles["figure"]}>
          <dt>{item.name}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
