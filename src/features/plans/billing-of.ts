/** How a plan is paid for; the database knows no other word. */
export type Billing = "none" | "monthly" | "yearly";

/** The stored word as the type that names its values. */
export function billingOf(plan: { readonly billing: string }): Billing {
  if (plan.billing === "monthly" || plan.billing === "yearly") return plan.billing;
  return "none";
}
