import type { Db } from "@/server/db/client.ts";

declare const brand: unique symbol;

/**
 * An organisation the caller was proven to belong to; made by `api/authenticate.ts` and `systemCtx`
 * only.
 */
export type OrgId = string & { readonly [brand]: "OrgId" };

export type Role = "user" | "finance" | "ops" | "admin";
export type Locale = "vi" | "en";

/**
 * Who asks, for which organisation, at which instant of the database's clock. Made once per
 * request; verbs take it first. `now` is the instant the request's first query read from
 * `app_now()`.
 */
export type Ctx = {
  readonly db: Db;
  readonly requestId: string;
  readonly now: Date;
  readonly orgId: OrgId;
  readonly userId: string;
  readonly role: Role;
  readonly locale: Locale;
  readonly isEmailVerified: boolean;
};

/** The context of a job or command that acts for the owner of a row we read ourselves. */
export function systemCtx(input: {
  readonly db: Db;
  readonly now: Date;
  readonly orgId: string;
  readonly userId: string;
  readonly requestId: string;
}): Ctx {
  return {
    db: input.db,
    requestId: input.requestId,
    now: input.now,
    orgId: asOrgId(input.orgId),
    userId: input.userId,
    role: "user",
    locale: "vi",
    isEmailVerified: true,
  };
}

/**
 * Brands an organisation id after the membership was checked. Only for `api/authenticate.ts` and
 * `systemCtx`.
 */
export function asOrgId(id: string): OrgId {
  return id as OrgId;
}
