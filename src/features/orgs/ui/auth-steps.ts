/** The pages under `(auth)`. */
export const authSteps = ["sign-in", "sign-up", "verify", "reset"] as const;
export type AuthStep = (typeof authSteps)[number];

export function isAuthStep(text: string): text is AuthStep {
  return authSteps.some((step) => step === text);
}
