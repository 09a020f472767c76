import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { setCurveInput } from "@/features/models/schema.ts";
import { addPolicy } from "@/features/routing/add-policy.ts";
import { placeModel } from "@/features/routing/place-model.ts";
import { ADMIN_ACTOR, type Verb } from "./admin-verb.ts";

const setCurveVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({ model: z.string(), curve: z.string(), offset: z.string().default("0") })
    .parse(values);
  const input = setCurveInput.parse({
    modelId: flags.model,
    curve: flags.curve,
    offset: flags.offset,
  });
  await placeModel(db, { ...input, actor: ADMIN_ACTOR, requestId: randomUUID() });
  return { model: input.modelId, curve: input.curve, offset: input.offset };
};

const addPolicyVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({
      file: z.string().min(1),
      shadow: z.boolean().default(false),
      from: z.iso.datetime({ offset: true, message: "is an ISO instant" }).optional(),
    })
    .parse(values);
  const policy: unknown = JSON.parse(await readFile(flags.file, "utf8"));
  const { activeFrom } = await addPolicy(db, {
    policy,
    isShadow: flags.shadow,
    activeFrom: flags.from === undefined ? null : new Date(flags.from),
    actor: ADMIN_ACTOR,
    requestId: randomUUID(),
  });
  const { version } = z.object({ version: z.string() }).parse(policy);
  return { policy: version, isShadow: flags.shadow, activeFrom: activeFrom.toISOString() };
};

/** The verbs of `npm run admin` that steer the engine. */
export const engineVerbs: Readonly<Record<string, Verb>> = {
  "set-curve": setCurveVerb,
  "add-policy": addPolicyVerb,
};
