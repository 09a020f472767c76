import { deliverOutbox } from "@/features/alerts/deliver-outbox.ts";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { recoverTurns } from "@/features/chat/recover-turns.ts";
import { expireReservations } from "@/features/ledger/expire-reservations.ts";
import { watchInvariants } from "@/features/ledger/watch-invariants.ts";
import { alertUnpricedModels } from "@/features/models/alert-unpriced-models.ts";
import { proposeCatalogueChanges } from "@/features/models/propose-catalogue-changes.ts";
import { applyPayments } from "@/features/payments/apply-payments.ts";
import { expireOrders } from "@/features/payments/expire-orders.ts";
import { reconcilePayments } from "@/features/payments/reconcile-payments.ts";
import { remindRenewals } from "@/features/plans/remind-renewals.ts";
import { refreshExchangeRate } from "@/features/rates/refresh-exchange-rate.ts";
import type { Db } from "@/server/db/client.ts";
import type { TaskName } from "@/server/jobs/add-job.ts";

/** What a task does; it is at the queue's mercy: run late, twice, or again after half of it. */
export type Task = (db: Db, payload: unknown) => Promise<unknown>;

/** Every task of the queue and the verb it is. */
export const tasks: Readonly<Record<TaskName, Task>> = {
  "alert-unpriced-models": (db) => alertUnpricedModels(db),
  "apply-payments": applyPayments,
  "check-invariants": watchInvariants,
  "deliver-outbox": deliverOutbox,
  "expire-orders": (db) => expireOrders(db),
  "expire-reservations": (db) => expireReservations(db),
  "fetch-exchange-rate": (db) => refreshExchangeRate(db),
  "reconcile-payments": (db) => reconcilePayments(db),
  "recover-turns": (db) => recoverTurns(db),
  "refresh-catalogue": (db) => proposeCatalogueChanges(db),
  "remind-renewals": (db) => remindRenewals(db),
  "roll-periods": (db) => rollPeriods(db),
};
