import { describe, expect, it } from "vitest";
import { codeLanguage } from "@/features/chat/ui/code-language.ts";
import { failureSteps } from "@/features/chat/ui/failure-text.ts";
import { conversationGroup } from "@/features/chat/ui/group-conversations.ts";
import { questionCategory, reasonCode } from "@/features/chat/ui/route-words.ts";
import { noFailureDetails } from "@/features/chat/ui/turn-state.ts";
import en from "@/messages/en.json" with { type: "json" };
import vi from "@/messages/vi.json" with { type: "json" };

function keysOf(value: object, path = ""): string[] {
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    typeof child === "object" && child !== null
      ? keysOf(child, `${path}${key}.`)
      : [`${path}${key}`],
  );
}

describe("codeLanguage", () => {
  it.each([
    ["js", "javascript"],
    ["C++", "cpp"],
    ["python title=x", "python"],
    ["ts{1,3}", "typescript"],
  ])("reads %j as %s", (info, language) => {
    expect(codeLanguage(info)).toBe(language);
  });

  it.each([undefined, "", "../../x", "__proto__", "constructor", "<script>", "brainfuck"])(
    "shows %j plain",
    (info) => {
      expect(codeLanguage(info)).toBeNull();
    },
  );
});

describe("conversationGroup", () => {
  const now = Date.parse("2026-03-10T18:00:00.000Z");

  it.each([
    ["2026-03-10T17:00:00.000Z", "today"],
    ["2026-03-10T16:59:59.999Z", "yesterday"],
    ["2026-03-09T17:00:00.000Z", "yesterday"],
    ["2026-03-09T16:59:59.999Z", "older"],
    ["2026-03-12T00:00:00.000Z", "today"],
  ])("counts days in Vietnam: %s is %s", (updatedAt, group) => {
    expect(conversationGroup(updatedAt, now)).toBe(group);
  });
});

describe("failureSteps", () => {
  const steps = (code: string, feature: string | null = null) =>
    failureSteps({ ...noFailureDetails, code, message: "", feature });

  it("offers what helps, and nothing that cannot", () => {
    expect(steps("budget_exhausted")).toContain("usage");
    expect(steps("email_unverified")).toContain("verify");
    expect(steps("model_not_allowed")).toEqual(["auto_model"]);
    expect(steps("feature_disabled", "image_generation")).toEqual(["describe_image"]);
    expect(steps("feature_disabled", "other")).toEqual([]);
    expect(steps("provider_failed")).toEqual(["retry"]);
    expect(steps("overloaded")).toEqual(["resend"]);
    expect(steps("never seen")).toEqual(["retry"]);
  });
});

describe("route words", () => {
  it("falls back for codes of a newer engine", () => {
    expect(reasonCode("worth_it")).toBe("worth_it");
    expect(reasonCode("new_reason")).toBe("other");
    expect(questionCategory("toString")).toBe("other");
  });
});

describe("messages of the chat", () => {
  it("say the same things in both languages", () => {
    expect(keysOf(en.chat)).toEqual(keysOf(vi.chat));
    expect(keysOf(en.usage)).toEqual(keysOf(vi.usage));
  });
});
