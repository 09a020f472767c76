"use client";

import { ClerkProvider, SignIn, SignUp } from "@clerk/nextjs";

export type ClerkPanelProps = {
  readonly publishableKey: string;
  readonly next: string;
  readonly step: "sign-in" | "sign-up" | null;
};

/**
 * Clerk's own forms, or with no step only its keeper, which renews the short-lived session cookie
 * while a page is open.
 */
export default function AuthClerkPanel({ publishableKey, next, step }: ClerkPanelProps) {
  return (
    <ClerkProvider
      publishableKey={publishableKey}
      signInUrl="/sign-in"
      signUpUrl="/sign-up"
      telemetry={false}
    >
      {step === "sign-in" ? <SignIn routing="hash" forceRedirectUrl={next} /> : null}
      {step === "sign-up" ? <SignUp routing="hash" forceRedirectUrl={next} /> : null}
    </ClerkProvider>
  );
}
