import { Tag } from "antd";
import { useTranslations } from "next-intl";
import type { ModelChoiceView } from "../schema.ts";

/** Marks a demo model, unless its name says so already. */
export function DemoTag({ model }: { readonly model: ModelChoiceView | undefined }) {
  const t = useTranslations("chat.model");
  if (model?.isDemo !== true || /\bdemo\b/i.test(model.name)) return null;
  return <Tag color="default">{t("demo")}</Tag>;
}
