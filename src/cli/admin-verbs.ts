import { randomUUID } from "node:crypto";
import { z } from "zod";
import { addModel } from "@/features/models/add-model.ts";
import { addModelInput, setPriceInput } from "@/features/models/schema.ts";
import { retirePrice } from "@/features/models/retire-price.ts";
import { setPrice } from "@/features/models/set-price.ts";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { getUsageSummary } from "@/features/budgets/get-usage-summary.ts";
import { flagKey } from "@/features/flags/schema.ts";
import { setFlag } from "@/features/flags/set-flag.ts";
import { createUser } from "@/features/orgs/create-user.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import { getUsageHistory } from "@/features/usage/get-usage-history.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { once } from "@/server/db/once.ts";
import { ADMIN_ACTOR, type Verb } from "./admin-verb.ts";
import { budgetVerbs, email, key, vnd } from "./admin-verbs-budgets.ts";
import { engineVerbs } from "./admin-verbs-engine.ts";
import { ledgerVerbs } from "./admin-verbs-ledger.ts";
import { paymentVerbs } from "./admin-verbs-payments.ts";
import { fromFlag, rateVerbs } from "./admin-verbs-rates.ts";

const createUserFlags = z.strictObject({
  email,
  password: z.string().min(8).max(128),
  role: z.enum(["user", "finance", "ops", "admin"]).default("user"),
  name: z.string().max(80).optional(),
  plan: z.string().optional(),
  "budget-vnd": vnd.optional(),
  verified: z.boolean().default(false),
  key,
});

/** Person, plan and budget in one transaction: a shell that died can say the same again. */
const createUserVerb: Verb = async (db, { values }) => {
  const { key: operationKey, password, ...flags } = createUserFlags.parse(values);
  const requestId = randomUUID();
  return db.transaction((tx) =>
    once({ db: tx }, { scope: "user.create", key: operationKey, body: flags }, async () => {
      const { userId, orgId } = await createUser(tx, {
        email: flags.email,
        password,
        name: flags.name ?? flags.email.slice(0, flags.email.indexOf("@")),
        role: flags.role,
        isVerified: flags.verified,
        actor: ADMIN_ACTOR,
        requestId,
      });
      const ctx = await findOwner(tx, { email: flags.email, requestId });
      const word = { actor: ADMIN_ACTOR, reason: "create-user" };
      if (flags.plan !== undefined) await startSubscription(ctx, { planId: flags.plan, ...word });
      if (flags["budget-vnd"] !== undefined) {
        await setBudget(ctx, { amountMicroVnd: vndToMicroVnd(flags["budget-vnd"]), ...word });
      }
      return { userId, orgId, email: flags.email, role: flags.role };
    }),
  );
};

const setPriceVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({
      model: z.string(),
      "input-usd-per-mtok": z.string(),
      "output-usd-per-mtok": z.string(),
      "cached-input-usd-per-mtok": z.string().optional(),
      "cache-write-5m-usd-per-mtok": z.string().optional(),
      "cache-write-1h-usd-per-mtok": z.string().optional(),
      from: fromFlag,
    })
    .parse(values);
  const input = setPriceInput.parse({
    modelId: flags.model,
    inputUsdPerMtok: flags["input-usd-per-mtok"],
    outputUsdPerMtok: flags["output-usd-per-mtok"],
    cachedInputUsdPerMtok: flags["cached-input-usd-per-mtok"],
    cacheWrite5mUsdPerMtok: flags["cache-write-5m-usd-per-mtok"],
    cacheWrite1hUsdPerMtok: flags["cache-write-1h-usd-per-mtok"],
  });
  await setPrice(db, {
    ...input,
    from: flags.from ?? null,
    actor: ADMIN_ACTOR,
    requestId: randomUUID(),
  });
  return { model: flags.model, priced: true };
};

const retirePriceVerb: Verb = async (db, { values }) => {
  const flags = z.strictObject({ model: z.string() }).parse(values);
  await retirePrice(db, { modelId: flags.model, actor: ADMIN_ACTOR, requestId: randomUUID() });
  return { model: flags.model, priced: false };
};

const addModelVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({
      model: z.string(),
      "provider-model": z.string().optional(),
      name: z.string().optional(),
      tier: z.string().default("economy"),
      "context-tokens-max": z.string().default("128000"),
      "output-tokens-max": z.string().default("8192"),
      "output-tokens-min": z.string().default("256"),
      free: z.boolean().default(false),
    })
    .parse(values);
  const input = addModelInput.parse({
    modelId: flags.model,
    providerModel: flags["provider-model"],
    name: flags.name,
    tier: flags.tier,
    contextTokensMax: flags["context-tokens-max"],
    outputTokensMax: flags["output-tokens-max"],
    outputTokensMin: flags["output-tokens-min"],
    isFree: flags.free,
  });
  await addModel(db, { ...input, actor: ADMIN_ACTOR, requestId: randomUUID() });
  return { model: flags.model, added: true };
};

const setFlagVerb: Verb = async (db, { words }) => {
  const [key, state] = z.tuple([flagKey, z.enum(["on", "off"])]).parse(words);
  await setFlag(db, { key, enabled: state === "on", actor: ADMIN_ACTOR, requestId: randomUUID() });
  return { flag: key, enabled: state === "on" };
};

const usageVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({ email, limit: z.coerce.number().int().min(1).max(10_000).default(1_000) })
    .parse(values);
  const ctx = await findOwner(db, { email: flags.email, requestId: randomUUID() });
  const summary = await getUsageSummary(ctx);
  const history = await getUsageHistory(ctx, { page: 1, pageSize: flags.limit });
  return {
    limitMicroVnd: summary.period.limitMicroVnd,
    usedMicroVnd: summary.period.usedMicroVnd,
    reservedMicroVnd: summary.period.reservedMicroVnd,
    resetsAt: summary.period.endsAt,
    logs: history.rows.map((row) => ({
      id: row.id,
      messageId: row.turnId,
      provider: row.provider,
      model: row.modelId,
      tokens: row.tokens,
      costMicroVnd: row.costMicroVnd,
      source: row.source,
      createdAt: row.occurredAt,
    })),
  };
};

/** Every verb of `npm run admin`, by the word it is called with. */
export const adminVerbs: Readonly<Record<string, Verb>> = {
  "create-user": createUserVerb,
  "set-price": setPriceVerb,
  "retire-price": retirePriceVerb,
  "add-model": addModelVerb,
  "set-flag": setFlagVerb,
  usage: usageVerb,
  ...budgetVerbs,
  ...engineVerbs,
  ...ledgerVerbs,
  ...paymentVerbs,
  ...rateVerbs,
};
