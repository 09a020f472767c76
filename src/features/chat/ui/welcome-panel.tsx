"use client";
import {
  BulbOutlined,
  CodeOutlined,
  FireOutlined,
  FundOutlined,
  FunctionOutlined,
  MailOutlined,
} from "@ant-design/icons";
import { Prompts, Welcome } from "@ant-design/x";
import { useTranslations } from "next-intl";
import styles from "./chat.module.css";

const starters = [
  { key: "starter1", icon: <BulbOutlined /> },
  { key: "starter2", icon: <MailOutlined /> },
  { key: "starter3", icon: <FunctionOutlined /> },
  { key: "starter4", icon: <FireOutlined /> },
  { key: "starter5", icon: <CodeOutlined /> },
  { key: "starter6", icon: <FundOutlined /> },
] as const;

/**
 * An empty conversation: what this is, and questions to begin with; picking one writes it into the
 * composer.
 */
export function WelcomePanel({ onPick }: { readonly onPick: (text: string) => void }) {
  const t = useTranslations("chat.welcome");
  const items = starters.map(({ key, icon }) => ({
    key,
    icon,
    // The list's own items cannot be reached by keyboard; the button's click rises to the item.
    label: (
      <button type="button" className={styles["starter"]}>
        {t(key)}
      </button>
    ),
    text: t(key),
  }));
  return (
    <div className={styles["welcome"]}>
      <Welcome variant="borderless" title={t("title")} description={t("text")} />
      <Prompts
        title={t("starters")}
        items={items}
        wrap
        styles={{ item: { flex: "1 1 260px" } }}
        onItemClick={({ data }) => {
          const picked = items.find(({ key }) => key === data.key);
          if (picked) onPick(picked.text);
        }}
      />
    </div>
  );
}
