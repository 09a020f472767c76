"use client";

import { Alert, Button, Radio, Space } from "antd";
import { useTranslations } from "next-intl";
import Link from "next/link";
import { useState } from "react";
import { api } from "@/api/client.ts";
import { QueryPlaceholder } from "@/components/query-placeholder.tsx";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { usePlanName } from "@/features/budgets/ui/use-plan-name.ts";
import { useAnswersText } from "@/features/plans/ui/use-answers-text.ts";
import { usePlans } from "@/features/plans/ui/use-plans.ts";
import { useStartSentence } from "@/features/plans/ui/use-start-sentence.ts";
import { blockOffers, type BlockNeed, type BlockOffer } from "./block-offers.ts";
import styles from "./block.module.css";
import type { Purchase } from "./use-purchase.ts";

type BlockChoiceProps = {
  readonly need: BlockNeed;
  readonly purchase: Purchase;
  readonly onClose: () => void;
};

/** What can be bought here and now, one of it picked. */
export function BlockChoice({ need, purchase, onClose }: BlockChoiceProps) {
  const t = useTranslations("billing.block");
  const query = usePlans();
  const { data } = query;
  if (data === undefined) {
    return <QueryPlaceholder query={query} failed={t("failed")} rows={4} />;
  }
  const offers = blockOffers(data, need);
  return (
    <>
      {need === "budget" ? <OwnLimitNote /> : null}
      {offers.length === 0 ? (
        <p>{t("none")}</p>
      ) : (
        <Offers offers={offers} purchase={purchase} onClose={onClose} />
      )}
      <p className={styles["more"]}>
        <Link href="/billing" prefetch={false}>
          {t("more")}
        </Link>
      </p>
    </>
  );
}

/** A limit somebody set for themselves is not raised by paying. */
function OwnLimitNote() {
  const t = useTranslations("billing.block");
  const { data } = api.costOptimization.getCostSettings.useQuery();
  const own = data?.monthlyBudgetMicroVnd ?? null;
  if (own === null) return null;
  return (
    <Alert
      type="info"
      showIcon
      title={t("ownLimit", { amount: formatVnd(BigInt(own)) })}
      action={<Link href="/settings/cost">{t("changeOwnLimit")}</Link>}
    />
  );
}

function Offers({
  offers,
  purchase,
  onClose,
}: { readonly offers: readonly BlockOffer[] } & Omit<BlockChoiceProps, "need">) {
  const t = useTranslations("billing.block");
  const [key, setKey] = useState(offers[0]?.key ?? "");
  const chosen = offers.find((offer) => offer.key === key) ?? offers[0];
  const go = (): void => {
    if (chosen?.kind === "top_up") purchase.topUp(chosen.amountVnd);
    if (chosen?.kind === "plan") purchase.buyPlan(chosen.plan);
  };
  return (
    <>
      <Radio.Group
        vertical
        aria-label={t("title")}
        className={styles["offers"] ?? ""}
        value={chosen?.key ?? null}
        onChange={(event) => setKey(String(event.target.value))}
        options={offers.map((offer) => ({
          value: offer.key,
          label: <OfferText offer={offer} />,
          className: styles[offer.kind === "plan" ? "offerWide" : "offer"] ?? "",
        }))}
      />
      <Space wrap>
        <Button
          type="primary"
          loading={purchase.pending !== null}
          data-testid="block-continue"
          onClick={go}
        >
          {t("continue")}
        </Button>
        <Button onClick={onClose}>{t("close")}</Button>
      </Space>
    </>
  );
}

function OfferText({ offer }: { readonly offer: BlockOffer }) {
  const t = useTranslations("billing.block");
  const planName = usePlanName();
  const answersText = useAnswersText();
  const startSentence = useStartSentence();
  if (offer.kind === "top_up") {
    const amount = formatVnd(vndToMicroVnd(BigInt(offer.amountVnd)));
    return <span data-testid={`offer-${offer.key}`}>{t("topUp", { amount })}</span>;
  }
  const { plan } = offer;
  const [start] = plan.starts;
  const notes = [answersText(plan.answers), start === undefined ? null : startSentence(start)];
  return (
    <span data-testid={`offer-${offer.key}`}>
      {t(`plan.${plan.isCurrent ? "renew" : "change"}`, {
        plan: planName(plan.tier),
        billing: plan.billing,
        price: formatVnd(BigInt(plan.priceMicroVnd)),
      })}
      <span className={styles["note"]}>{notes.filter((note) => note !== null).join(". ")}</span>
    </span>
  );
}
