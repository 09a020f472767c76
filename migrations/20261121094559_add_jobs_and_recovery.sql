CREATE TABLE "app_processes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"process_id" integer NOT NULL,
	"worker_ids" text[] DEFAULT '{}' NOT NULL,
	"started_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"heartbeat_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"dedupe_key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "approvals_dedupe_key" UNIQUE("dedupe_key"),
	CONSTRAINT "approvals_kind_known" CHECK ("approvals"."kind" in ('exchange_rate', 'catalogue')),
	CONSTRAINT "approvals_state_known" CHECK ("approvals"."state" in ('pending', 'approved', 'rejected')),
	CONSTRAINT "approvals_decided_by_someone" CHECK (("approvals"."state" = 'pending') = ("approvals"."decided_by" is null))
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"body_hash" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "operations_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
CREATE TABLE "ops_alerts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"dedupe_key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"occurrences" integer DEFAULT 1 NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"resolved_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "ops_alerts_dedupe_key" UNIQUE("dedupe_key"),
	CONSTRAINT "ops_alerts_kind_known" CHECK ("ops_alerts"."kind" in ('model_unpriced', 'provider_rejected', 'provider_down', 'usage_absurd', 'invariant_violated', 'rate_refused', 'rate_stale', 'catalogue_differs', 'job_dead', 'webhook_unmatched')),
	CONSTRAINT "ops_alerts_occurrences_positive" CHECK ("ops_alerts"."occurrences" >= 1)
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"dedupe_key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"delivered_at" timestamp with time zone,
	"dead_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "outbox_dedupe_key" UNIQUE("dedupe_key")
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" varchar(255) PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "process_id" uuid;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "question_message_id" uuid;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "answer_message_id" uuid;--> statement-breakpoint
ALTER TABLE "turns" ADD COLUMN "recovered_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "app_processes_living_idx" ON "app_processes" USING btree ("heartbeat_at") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "outbox_undelivered_idx" ON "outbox" USING btree ("created_at") WHERE delivered_at is null and dead_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "usage_logs_adjustment_key" ON "usage_logs" USING btree ("adjusts_usage_log_id","reason") WHERE kind = 'adjustment' and reason in ('failed_answer', 'late_usage');--> statement-breakpoint
CREATE INDEX "usage_logs_adjustments_idx" ON "usage_logs" USING btree ("period_id","user_id","occurred_at") WHERE kind = 'adjustment';