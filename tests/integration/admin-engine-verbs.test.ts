import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { db } from "@/server/db/client.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";
import { runScript } from "../support/run-script.ts";
import { lastDecision } from "../support/stored-facts.ts";
import { policy as fixture } from "../unit/routing/turn-fixture.ts";

let app: AppUnderTest;
let person: Person;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pho-policies-"));
  app = await startApp();
  person = await makeCustomer(app.database);
});

afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

const flat = (quality: number) =>
  Object.fromEntries(
    Object.keys(fixture.outputTokensP95).map((category) => [
      category,
      Array.from({ length: 11 }, () => quality),
    ]),
  );
const qualityCurves = {
  small: flat(0.6),
  economy: flat(0.7),
  standard: flat(0.8),
  premium: flat(0.9),
};
const policyOf = (version: string, parts: object = {}) => ({
  ...fixture,
  qualityCurves,
  version,
  ...parts,
});

async function fileOf(policy: unknown): Promise<string> {
  const file = join(folder, "policy.json");
  await writeFile(file, typeof policy === "string" ? policy : JSON.stringify(policy));
  return file;
}

const admin = (verb: string, values: Record<string, string | boolean>) =>
  adminVerbs[verb]?.(db(), { values, words: [] });
const addPolicy = async (policy: unknown, values: Record<string, string | boolean> = {}) =>
  admin("add-policy", { file: await fileOf(policy), ...values });

async function audited() {
  return app.database.sql`
    select action, subject, actor, before, after from audit_log
     where action in ('policy.add', 'model.set_curve') order by created_at, id`;
}

/** The version that decides a message now. */
async function deciding(): Promise<string | undefined> {
  const { decision } = await readAnswer(await chat(person, {}));
  return decision?.policyVersion;
}

describe("add-policy", () => {
  it("makes a version that decides the next message, at a shell and audited", async () => {
    const file = await fileOf(policyOf("test-new"));
    const { exitCode, output, errors } = await runScript("src/cli/admin.ts", [
      ...["add-policy", "--file", file],
    ]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(JSON.parse(output)).toMatchObject({ policy: "test-new", isShadow: false });
    expect(await deciding()).toBe("test-new");
    expect(await audited()).toMatchObject([
      {
        action: "policy.add",
        subject: "policy:test-new",
        actor: "cli",
        after: { isShadow: false },
      },
    ]);
  });

  it("makes one that waits for its day, and a shadow that never decides", async () => {
    await addPolicy(policyOf("test-later"), { from: "2098-01-01T00:00:00+07:00" });
    await addPolicy(policyOf("test-shadow"), { shadow: true });
    expect(await deciding()).toBe("test-new");
    const { shadow } = await lastDecision(app.database, person.orgId);
    expect(shadow?.policyVersion).toBe("test-shadow");
  });

  it.each([
    ["a version that is there", policyOf("test-new"), {}],
    ["a version without a name", { ...policyOf("x"), version: undefined }, {}],
    ["a name with spaces", policyOf("my best policy"), {}],
    ["a start in the past", policyOf("test-past"), { from: "2026-01-01T00:00:00Z" }],
    ["a start in words", policyOf("test-words"), { from: "tomorrow" }],
    ["parameters the engine does not know", policyOf("test-odd", { pacing: { kind: "none" } }), {}],
    [
      "cut points out of order",
      policyOf("test-cut", { cutPoints: { medium: 0.8, complex: 0.2 } }),
      {},
    ],
    ["a policy without the catalogue's curves", policyOf("test-flat", { qualityCurves: {} }), {}],
    ["what is no JSON", "{", {}],
  ])("refuses %s", async (_name, policy, values) => {
    const before = await audited();
    await expect(addPolicy(policy, values)).rejects.toThrow();
    expect(await audited()).toEqual(before);
    expect(await deciding()).toBe("test-new");
  });

  it("takes a version again whose first file was wrong", async () => {
    await expect(addPolicy(policyOf("test-again", { qualityCurves: {} }))).rejects.toThrow(/curve/);
    await addPolicy(policyOf("test-again", { preferredBonus: 0.1 }));
    expect(await deciding()).toBe("test-again");
  });
});

describe("set-curve", () => {
  const model = "openai/gpt-5.4";

  it("moves a model to a curve of the policy, lower or higher than it, and is audited", async () => {
    const { exitCode, output, errors } = await runScript("src/cli/admin.ts", [
      ...["set-curve", "--model", model, "--curve", "standard", "--offset=-0.05"],
    ]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(JSON.parse(output)).toEqual({ model, curve: "standard", offset: -0.05 });
    const { decision } = await readAnswer(await chat(person, { model }));
    expect(decision?.modelId).toBe(model);
    const { facts } = await lastDecision(app.database, person.orgId);
    const placed = facts.candidates.find(({ modelId }) => modelId === model);
    expect(placed?.qualityCurve).toEqual({ curve: "standard", offset: -0.05 });
    expect((await audited()).at(-1)).toMatchObject({
      action: "model.set_curve",
      subject: `model:${model}`,
      before: { curve: "premium", offset: 0 },
      after: { curve: "standard", offset: -0.05 },
    });
  });

  it.each([
    ["a curve the policy does not know", { model, curve: "superb" }],
    ["a model nobody has", { model: "openai/none", curve: "standard" }],
    ["an offset beyond 0.3", { model, curve: "standard", offset: "0.31" }],
    ["an offset in words", { model, curve: "standard", offset: "much" }],
    ["no curve", { model }],
  ])("refuses %s", async (_name, values) => {
    const before = await audited();
    await expect(admin("set-curve", values)).rejects.toThrow();
    expect(await audited()).toEqual(before);
  });
});

describe("a model that was just added", () => {
  it("stands on the curve of its tier", async () => {
    await admin("add-model", { model: "openai/fresh", tier: "standard" });
    const [row] = await app.database
      .sql`select quality_curve from models where id = 'openai/fresh'`;
    expect(row?.["quality_curve"]).toEqual({ curve: "standard", offset: 0 });
  });
});
