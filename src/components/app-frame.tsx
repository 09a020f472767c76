"use client";

import {
  BankOutlined,
  CreditCardOutlined,
  MessageOutlined,
  PlusOutlined,
  SettingOutlined,
  WalletOutlined,
} from "@ant-design/icons";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import styles from "./app-frame.module.css";

type AppFrameProps = {
  /** The budget in small, for the pages that do not show it themselves. */
  readonly budget: ReactNode;
  readonly account: ReactNode;
  readonly banner: ReactNode;
  /** Whether the person's role opens the pages of finance. */
  readonly isFinance: boolean;
  readonly children: ReactNode;
};

const destinations = [
  {
    href: "/chat",
    section: "/chat",
    text: "chat",
    short: "chatShort",
    icon: <MessageOutlined aria-hidden />,
  },
  {
    href: "/usage",
    section: "/usage",
    text: "usage",
    short: "usageShort",
    icon: <WalletOutlined aria-hidden />,
  },
  {
    href: "/billing",
    section: "/billing",
    text: "billing",
    short: "billingShort",
    icon: <CreditCardOutlined aria-hidden />,
  },
  {
    href: "/finance/inbox",
    section: "/finance",
    text: "finance",
    short: "finance",
    icon: <BankOutlined aria-hidden />,
  },
  {
    href: "/settings/cost",
    section: "/settings",
    text: "settings",
    short: "settings",
    icon: <SettingOutlined aria-hidden />,
  },
] as const;

/** The frame of every page behind the gate: places to go (beside, or below on a phone), account, budget, content. */
export function AppFrame({ budget, account, banner, isFinance, children }: AppFrameProps) {
  const t = useTranslations("shell");
  const common = useTranslations("common");
  const isChat = usePathname().startsWith("/chat");
  return (
    <div className={styles["frame"]}>
      <a className="skip-link" href="#main">
        {common("skip")}
      </a>
      <Navigation account={account} isFinance={isFinance} />
      <div className={styles["column"]}>
        {isChat ? null : (
          <header className={styles["header"]}>
            <Link
              href="/chat"
              prefetch={false}
              className={styles["newChat"]}
              aria-label={t("newChat")}
              data-testid="new-chat"
            >
              <PlusOutlined aria-hidden />
              <span className={styles["newChatText"]}>{t("newChat")}</span>
            </Link>
            <Link href="/usage" prefetch={false} className={styles["budget"]}>
              {budget}
            </Link>
          </header>
        )}
        {banner}
        <main id="main" tabIndex={-1} className={isChat ? styles["stage"] : styles["scroll"]}>
          {children}
        </main>
      </div>
    </div>
  );
}

function Navigation({ account, isFinance }: Pick<AppFrameProps, "account" | "isFinance">) {
  const t = useTranslations("shell");
  const common = useTranslations("common");
  const path = usePathname();
  const places = destinations.filter(({ section }) => section !== "/finance" || isFinance);
  return (
    <nav className={styles["rail"]} aria-label={t("navigation")}>
      <Link href="/" className={styles["brand"]} aria-label={common("brand")} prefetch={false}>
        <span className={styles["bowl"]} aria-hidden />
      </Link>
      {places.map((place) => {
        const isHere = path === place.section || path.startsWith(`${place.section}/`);
        return (
          <Link
            key={place.href}
            href={place.href}
            prefetch={false}
            className={styles["place"]}
            aria-current={isHere ? "page" : undefined}
            aria-label={t(place.text)}
            title={t(place.text)}
          >
            {place.icon}
            <span aria-hidden>{t(place.short)}</span>
          </Link>
        );
      })}
      <div className={styles["account"]}>{account}</div>
    </nav>
  );
}
