import { describe, expect, it } from "vitest";
import { clerkHost, contentSecurityPolicy } from "@/proxy.ts";

const production = { nonce: "abc", isDevelopment: false, clerkPublishableKey: undefined };

function directive(policy: string, name: string): string | undefined {
  return policy
    .split("; ")
    .find((part) => part.startsWith(`${name} `))
    ?.slice(name.length + 1);
}

describe("the content security policy", () => {
  it("lets in our own files and what carries the nonce, and nothing inline or foreign", () => {
    const policy = contentSecurityPolicy(production);
    expect(directive(policy, "default-src")).toBe("'self'");
    expect(directive(policy, "script-src")).toBe("'self' 'nonce-abc' 'strict-dynamic'");
    expect(directive(policy, "style-src")).toBe("'self' 'nonce-abc'");
    expect(directive(policy, "img-src")).toBe("'self' data: blob:");
    expect(directive(policy, "connect-src")).toBe("'self'");
    expect(directive(policy, "frame-ancestors")).toBe("'none'");
    expect(directive(policy, "object-src")).toBe("'none'");
    expect(directive(policy, "base-uri")).toBe("'self'");
    expect(directive(policy, "form-action")).toBe("'self'");
    expect(policy).not.toMatch(/https?:|unsafe-eval/);
  });

  it("allows style attributes only", () => {
    const policy = contentSecurityPolicy(production);
    expect(policy.match(/unsafe-inline/g)).toHaveLength(1);
    expect(directive(policy, "style-src-attr")).toBe("'unsafe-inline'");
  });

  it("opens to Clerk's hosts only when its key is set", () => {
    const key = `pk_test_${Buffer.from("calm-otter-1.clerk.accounts.dev$").toString("base64")}`;
    expect(clerkHost(key)).toBe("calm-otter-1.clerk.accounts.dev");
    const policy = contentSecurityPolicy({ ...production, clerkPublishableKey: key });
    expect(directive(policy, "connect-src")).toBe("'self' https://calm-otter-1.clerk.accounts.dev");
    expect(directive(policy, "script-src")).toContain("https://calm-otter-1.clerk.accounts.dev");
    expect(directive(policy, "frame-src")).toBe("'self' https://challenges.cloudflare.com");
  });
});
