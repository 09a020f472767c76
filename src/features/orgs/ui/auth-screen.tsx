"use client";

import { AuthClerk } from "./auth-clerk.tsx";
import { AuthAskResetForm, AuthNewPasswordForm } from "./auth-reset-forms.tsx";
import { AuthSignInForm } from "./auth-sign-in-form.tsx";
import { AuthSignUpForm } from "./auth-sign-up-form.tsx";
import type { AuthStep } from "./auth-steps.ts";
import { AuthVerifyPanel, type VerifyState } from "./auth-verify-panel.tsx";

type AuthScreenProps = {
  readonly step: AuthStep;
  readonly next: string;
  /** Set in Clerk mode only. */
  readonly clerkPublishableKey: string | null;
  readonly isMailOpen: boolean;
  readonly resetToken: string | null;
  readonly verifyState: VerifyState;
  readonly email: string | null;
};

/** The page of one step, in whichever identity mode runs. */
export function AuthScreen({ step, next, ...props }: AuthScreenProps) {
  if (props.clerkPublishableKey !== null) {
    const clerkStep = step === "sign-up" ? "sign-up" : "sign-in";
    return <AuthClerk publishableKey={props.clerkPublishableKey} next={next} step={clerkStep} />;
  }
  switch (step) {
    case "sign-in":
      return <AuthSignInForm next={next} />;
    case "sign-up":
      return <AuthSignUpForm next={next} isOpen={props.isMailOpen} />;
    case "verify":
      return <AuthVerifyPanel state={props.verifyState} email={props.email} />;
    case "reset":
      return props.resetToken === null ? (
        <AuthAskResetForm isOpen={props.isMailOpen} />
      ) : (
        <AuthNewPasswordForm token={props.resetToken} />
      );
  }
}
