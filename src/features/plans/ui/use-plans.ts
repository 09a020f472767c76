import { api } from "@/api/client.ts";

/** What is on offer and what the person has. */
export function usePlans() {
  // Never yesterday's dates beside today's price: what a start means changes with the clock.
  return api.billing.getPlans.useQuery(undefined, { staleTime: 0 });
}
