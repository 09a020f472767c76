import { createTranslator } from "next-intl";
import { z } from "zod";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { dateTextOf } from "@/domain/time/vietnam-time.ts";
import en from "@/messages/en.json";
import vi from "@/messages/vi.json";
import type { Locale } from "@/server/ctx.ts";
import type { Mail } from "@/server/mail/send-mail.ts";
import { mailOf } from "./render-mail.ts";

const catalogues = {
  vi: { customerMail: vi.customerMail },
  en: { customerMail: en.customerMail },
};

const tier = z.enum(["free", "starter", "premium", "ultimate"]);
const money = z.string().regex(/^\d+$/);
const instant = z.iso.datetime();

/** What a customer's owners are told by mail; money in micro-VND, times ISO 8601. */
export const customerNotice = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("payment_received"),
    orgId: z.uuid(),
    orderCode: z.string(),
    amountMicroVnd: money,
    /** null: a top-up. */
    tier: tier.nullable(),
    startsAt: instant.nullable(),
  }),
  z.object({
    kind: z.literal("plan_expiring"),
    orgId: z.uuid(),
    tier,
    paidUntil: instant,
  }),
  z.object({ kind: z.literal("plan_ended"), orgId: z.uuid(), tier, paidUntil: instant }),
]);
export type CustomerNotice = z.output<typeof customerNotice>;

/** The mail in the reader's language: what happened, what it means, where to go. */
export function renderCustomerNotice(
  notice: CustomerNotice,
  reader: { readonly email: string; readonly locale: Locale; readonly baseUrl: string },
): Mail {
  const { locale } = reader;
  const t = createTranslator({ locale, messages: catalogues[locale], namespace: "customerMail" });
  const address = `${reader.baseUrl}/billing`;
  const planOf = (name: z.output<typeof tier>) => t(`plans.${name}`);
  const paragraphs = [t("greeting"), ...sentences(), t("from", { address })];
  return mailOf({ to: reader.email, locale, subject: subject(), paragraphs });

  function subject(): string {
    if (notice.kind === "payment_received") {
      return t("payment_received.subject", { amount: formatVnd(BigInt(notice.amountMicroVnd)) });
    }
    return t(`${notice.kind}.subject`, { plan: planOf(notice.tier) });
  }

  function sentences(): string[] {
    if (notice.kind !== "payment_received") {
      const words = { plan: planOf(notice.tier), date: dateTextOf(new Date(notice.paidUntil)) };
      return [t(`${notice.kind}.lead`, words), t(`${notice.kind}.next`)];
    }
    const { orderCode, startsAt } = notice;
    const words = { amount: formatVnd(BigInt(notice.amountMicroVnd)), code: orderCode };
    const lead = t("payment_received.lead", words);
    if (notice.tier === null || startsAt === null) return [lead, t("payment_received.topUp")];
    const date = dateTextOf(new Date(startsAt));
    return [lead, t("payment_received.plan", { plan: planOf(notice.tier), date })];
  }
}
