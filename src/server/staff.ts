import { DomainError } from "@/domain/errors.ts";
import type { Ctx, Role } from "./ctx.ts";

declare const brand: unique symbol;

/**
 * The context of somebody whose platform role was checked: reads and writes over all organisations
 * take this and no other. It names no organisation.
 */
export type StaffCtx = Omit<Ctx, "orgId"> & { readonly [brand]: "StaffCtx" };

/** @throws DomainError `forbidden` unless the person has one of the roles (`admin` has them all). */
export function asStaff(ctx: Ctx, roles: readonly Role[]): StaffCtx {
  if (ctx.role !== "admin" && !roles.includes(ctx.role)) {
    throw new DomainError("forbidden", `needs one of the roles ${roles.join(", ")}`);
  }
  return ctx as Omit<Ctx, "orgId"> as StaffCtx;
}
