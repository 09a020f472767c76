import Link from "next/link";
import styles from "./tab-links.module.css";

type TabLinksProps = {
  readonly label: string;
  readonly current: string;
  readonly tabs: readonly { readonly id: string; readonly href: string; readonly text: string }[];
};

/** Parts of a page with addresses of their own. */
export function TabLinks({ label, current, tabs }: TabLinksProps) {
  return (
    <nav className={styles["tabs"]} aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.id}
          href={tab.href}
          prefetch={false}
          className={styles["tab"]}
          aria-current={tab.id === current ? "page" : undefined}
        >
          {tab.text}
        </Link>
      ))}
    </nav>
  );
}
