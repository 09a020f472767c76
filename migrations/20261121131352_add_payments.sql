CREATE TABLE "grants" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"org_id" uuid NOT NULL,
	"period_id" uuid NOT NULL,
	"amount_micro_vnd" bigint NOT NULL,
	"cause" text NOT NULL,
	"cause_id" text NOT NULL,
	"reason" text NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "grants_cause_key" UNIQUE("cause","cause_id"),
	CONSTRAINT "grants_cause_known" CHECK ("grants"."cause" in ('top_up', 'surplus', 'carry_over', 'carried_out', 'credit', 'reversal')),
	CONSTRAINT "grants_sign" CHECK (case when "grants"."cause" in ('carried_out', 'reversal') then "grants"."amount_micro_vnd" < 0 else "grants"."amount_micro_vnd" > 0 end)
);
--> statement-breakpoint
CREATE TABLE "bank_lines" (
	"id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"direction" text NOT NULL,
	"account_number" text NOT NULL,
	"sub_account" text DEFAULT '' NOT NULL,
	"amount_micro_vnd" bigint NOT NULL,
	"content" text NOT NULL,
	"reference_code" text DEFAULT '' NOT NULL,
	"code" text,
	"occurred_at" timestamp with time zone NOT NULL,
	"raw" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "bank_lines_direction_known" CHECK ("bank_lines"."direction" in ('in', 'out')),
	CONSTRAINT "bank_lines_amount_not_negative" CHECK ("bank_lines"."amount_micro_vnd" >= 0)
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"code" text NOT NULL,
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"plan_id" text,
	"plan_snapshot" jsonb,
	"price_micro_vnd" bigint NOT NULL,
	"starts" text,
	"state" text DEFAULT 'open' NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"paid_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "orders_code_key" UNIQUE("code"),
	CONSTRAINT "orders_kind_known" CHECK ("orders"."kind" in ('plan', 'top_up')),
	CONSTRAINT "orders_kind_complete" CHECK (("orders"."kind" = 'plan') = ("orders"."plan_id" is not null) and ("orders"."kind" = 'plan') = ("orders"."plan_snapshot" is not null) and ("orders"."kind" = 'plan') = ("orders"."starts" is not null)),
	CONSTRAINT "orders_starts_known" CHECK ("orders"."starts" in ('now', 'period_end')),
	CONSTRAINT "orders_state_known" CHECK ("orders"."state" in ('open', 'partially_paid', 'paid', 'expired', 'cancelled', 'refunded')),
	CONSTRAINT "orders_price_positive" CHECK ("orders"."price_micro_vnd" > 0),
	CONSTRAINT "orders_paid_has_instant" CHECK (("orders"."state" in ('paid', 'refunded')) = ("orders"."paid_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "payment_decisions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"payment_id" uuid NOT NULL,
	"action" text NOT NULL,
	"order_id" uuid,
	"org_id" uuid,
	"state_before" text NOT NULL,
	"undoes_id" uuid,
	"reason" text NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "payment_decisions_undone_once" UNIQUE("undoes_id"),
	CONSTRAINT "payment_decisions_action_known" CHECK ("payment_decisions"."action" in ('attach', 'credit', 'refund', 'dismiss', 'undo')),
	CONSTRAINT "payment_decisions_undo_names_one" CHECK (("payment_decisions"."action" = 'undo') = ("payment_decisions"."undoes_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"provider" text NOT NULL,
	"webhook_event_id" uuid,
	"bank_line_id" text,
	"direction" text NOT NULL,
	"amount_micro_vnd" bigint,
	"currency" text DEFAULT 'VND' NOT NULL,
	"account_number" text DEFAULT '' NOT NULL,
	"sub_account" text DEFAULT '' NOT NULL,
	"content" text DEFAULT '' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"code" text,
	"reference_code" text DEFAULT '' NOT NULL,
	"occurred_at" timestamp with time zone,
	"verified_by" text,
	"state" text DEFAULT 'received' NOT NULL,
	"reason" text,
	"order_id" uuid,
	"org_id" uuid,
	"decided_by" text,
	"applied_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "payments_webhook_event_key" UNIQUE("webhook_event_id"),
	CONSTRAINT "payments_bank_line_key" UNIQUE("bank_line_id"),
	CONSTRAINT "payments_direction_known" CHECK ("payments"."direction" in ('in', 'out', 'unknown')),
	CONSTRAINT "payments_state_known" CHECK ("payments"."state" in ('received', 'applied', 'unmatched', 'ignored', 'review')),
	CONSTRAINT "payments_has_source" CHECK (num_nonnulls("payments"."webhook_event_id", "payments"."bank_line_id") > 0),
	CONSTRAINT "payments_verified_by_known" CHECK ("payments"."verified_by" in ('hmac', 'api_key', 'shared_secret', 'signature', 'transaction_list')),
	CONSTRAINT "payments_applied_is_good_money" CHECK ("payments"."state" <> 'applied' or ("payments"."direction" = 'in' and "payments"."verified_by" is not null and "payments"."amount_micro_vnd" > 0 and "payments"."currency" = 'VND' and "payments"."org_id" is not null and "payments"."applied_at" is not null)),
	CONSTRAINT "payments_kept_has_reason" CHECK ("payments"."state" not in ('unmatched', 'ignored', 'review') or "payments"."reason" is not null)
);
--> statement-breakpoint
CREATE TABLE "webhook_events" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"provider" text NOT NULL,
	"event_key" text NOT NULL,
	"scheme" text NOT NULL,
	"raw_body" "bytea" NOT NULL,
	"headers" jsonb NOT NULL,
	"signed_at" timestamp with time zone,
	"is_stale" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "webhook_events_event_key" UNIQUE("provider","event_key"),
	CONSTRAINT "webhook_events_provider_known" CHECK ("webhook_events"."provider" in ('sepay', 'sepay_gateway', 'payos', 'stripe')),
	CONSTRAINT "webhook_events_scheme_known" CHECK ("webhook_events"."scheme" in ('hmac', 'api_key', 'shared_secret', 'signature'))
);
--> statement-breakpoint
CREATE TABLE "subscription_cycles" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"subscription_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"plan_id" text NOT NULL,
	"limit_micro_vnd" bigint NOT NULL,
	"order_id" uuid,
	"reversed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "subscription_cycles_sane" CHECK ("subscription_cycles"."ordinal" >= 0 and "subscription_cycles"."limit_micro_vnd" >= 0)
);
--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "ended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_period_id_budget_periods_id_fk" FOREIGN KEY ("period_id") REFERENCES "public"."budget_periods"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_decisions" ADD CONSTRAINT "payment_decisions_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_decisions" ADD CONSTRAINT "payment_decisions_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_decisions" ADD CONSTRAINT "payment_decisions_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_webhook_event_id_webhook_events_id_fk" FOREIGN KEY ("webhook_event_id") REFERENCES "public"."webhook_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_bank_line_id_bank_lines_id_fk" FOREIGN KEY ("bank_line_id") REFERENCES "public"."bank_lines"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_cycles" ADD CONSTRAINT "subscription_cycles_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_cycles" ADD CONSTRAINT "subscription_cycles_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_cycles" ADD CONSTRAINT "subscription_cycles_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "grants_period_id_idx" ON "grants" USING btree ("period_id");--> statement-breakpoint
CREATE INDEX "grants_org_id_idx" ON "grants" USING btree ("org_id","created_at");--> statement-breakpoint
CREATE INDEX "bank_lines_occurred_at_idx" ON "bank_lines" USING btree ("occurred_at");--> statement-breakpoint
CREATE INDEX "orders_org_id_idx" ON "orders" USING btree ("org_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "orders_open_plan_key" ON "orders" USING btree ("org_id","plan_id") WHERE kind = 'plan' and state in ('open', 'partially_paid');--> statement-breakpoint
CREATE INDEX "payment_decisions_payment_id_idx" ON "payment_decisions" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "payments_state_idx" ON "payments" USING btree ("state","created_at");--> statement-breakpoint
CREATE INDEX "payments_order_id_idx" ON "payments" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "payments_org_id_idx" ON "payments" USING btree ("org_id");--> statement-breakpoint
CREATE INDEX "payments_occurred_at_idx" ON "payments" USING btree ("occurred_at");--> statement-breakpoint
CREATE INDEX "payments_account_reference_idx" ON "payments" USING btree ("account_number","reference_code");--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_cycles_ordinal_key" ON "subscription_cycles" USING btree ("subscription_id","ordinal") WHERE reversed_at is null;--> statement-breakpoint
CREATE INDEX "subscription_cycles_order_id_idx" ON "subscription_cycles" USING btree ("order_id");