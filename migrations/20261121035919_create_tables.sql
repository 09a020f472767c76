CREATE TABLE "audit_log" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"reason" text NOT NULL,
	"request_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "budget_overrides" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"org_id" uuid NOT NULL,
	"amount_micro_vnd" bigint NOT NULL,
	"reason" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "budget_overrides_amount_sane" CHECK ("budget_overrides"."amount_micro_vnd" between 0 and 1000000000000000000)
);
--> statement-breakpoint
CREATE TABLE "user_cost_settings" (
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"monthly_budget_micro_vnd" bigint,
	"daily_cap_micro_vnd" bigint,
	"max_cost_per_query_micro_vnd" bigint,
	"enable_cost_optimization" boolean DEFAULT true NOT NULL,
	"enable_budget_alerts" boolean DEFAULT true NOT NULL,
	"budget_alert_thresholds" integer[] DEFAULT '{75,90,95,100}' NOT NULL,
	"preferred_models" text[] DEFAULT '{}' NOT NULL,
	"blocked_models" text[] DEFAULT '{}' NOT NULL,
	"soft_landing" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "user_cost_settings_org_id_user_id_pk" PRIMARY KEY("org_id","user_id"),
	CONSTRAINT "user_cost_settings_amounts_positive" CHECK (coalesce("user_cost_settings"."monthly_budget_micro_vnd", 1) > 0 and coalesce("user_cost_settings"."daily_cap_micro_vnd", 1) > 0 and coalesce("user_cost_settings"."max_cost_per_query_micro_vnd", 1) > 0)
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"title" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "conversations_owner_key" UNIQUE("id","org_id","user_id"),
	CONSTRAINT "conversations_title_sane" CHECK (char_length("conversations"."title") between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"seq" integer GENERATED ALWAYS AS IDENTITY (sequence name "messages_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"conversation_id" uuid NOT NULL,
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"turn_id" uuid NOT NULL,
	"role" text NOT NULL,
	"parts" jsonb NOT NULL,
	"state" text NOT NULL,
	"finish_reason" text,
	"reply_to" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "messages_role_known" CHECK ("messages"."role" in ('user', 'assistant', 'notice')),
	CONSTRAINT "messages_state_known" CHECK ("messages"."state" in ('complete', 'interrupted', 'failed', 'refused')),
	CONSTRAINT "messages_version_positive" CHECK ("messages"."version" >= 1)
);
--> statement-breakpoint
CREATE TABLE "turns" (
	"org_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"conversation_id" uuid,
	"body_hash" text NOT NULL,
	"state" text NOT NULL,
	"decision" jsonb,
	"receipt" jsonb,
	"refusal" jsonb,
	"heartbeat_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "turns_org_id_id_pk" PRIMARY KEY("org_id","id"),
	CONSTRAINT "turns_state_known" CHECK ("turns"."state" in ('running', 'finished', 'refused', 'failed')),
	CONSTRAINT "turns_finished_when_not_running" CHECK (("turns"."state" = 'running') = ("turns"."finished_at" is null))
);
--> statement-breakpoint
CREATE TABLE "feature_flags" (
	"key" text PRIMARY KEY NOT NULL,
	"enabled" boolean NOT NULL,
	"rollout_percent" integer DEFAULT 100 NOT NULL,
	"allowed_user_ids" text[] DEFAULT '{}' NOT NULL,
	"denied_user_ids" text[] DEFAULT '{}' NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "feature_flags_rollout_sane" CHECK ("feature_flags"."rollout_percent" between 0 and 100)
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text,
	"email_canonical" text GENERATED ALWAYS AS (lower(normalize(trim(trailing '.' from email), NFKC))) STORED,
	"email_verified" boolean DEFAULT false NOT NULL,
	"email_verified_at" timestamp with time zone,
	"name" text DEFAULT '' NOT NULL,
	"image" text,
	"locale" text DEFAULT 'vi' NOT NULL,
	"role" text DEFAULT 'user' NOT NULL,
	"disabled_at" timestamp with time zone,
	"erased_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "users_role_known" CHECK ("users"."role" in ('user', 'finance', 'ops', 'admin')),
	CONSTRAINT "users_locale_known" CHECK ("users"."locale" in ('vi', 'en')),
	CONSTRAINT "users_erased_holds_no_person" CHECK ("users"."erased_at" is null or ("users"."email" is null and "users"."name" = ''))
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "budget_periods" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"org_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"plan_id" text NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"limit_micro_vnd" bigint NOT NULL,
	"used_micro_vnd" bigint DEFAULT 0 NOT NULL,
	"reserved_micro_vnd" bigint DEFAULT 0 NOT NULL,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "budget_periods_org_id_key" UNIQUE("org_id","id"),
	CONSTRAINT "budget_periods_kind_known" CHECK ("budget_periods"."kind" in ('calendar', 'cycle')),
	CONSTRAINT "budget_periods_order" CHECK ("budget_periods"."ends_at" > "budget_periods"."starts_at"),
	CONSTRAINT "budget_periods_limit_not_negative" CHECK ("budget_periods"."limit_micro_vnd" >= 0),
	CONSTRAINT "budget_periods_reserved_not_negative" CHECK ("budget_periods"."reserved_micro_vnd" >= 0)
);
--> statement-breakpoint
CREATE TABLE "daily_counters" (
	"scope" text NOT NULL,
	"subject_id" text NOT NULL,
	"day" date NOT NULL,
	"used_micro_vnd" bigint DEFAULT 0 NOT NULL,
	"reserved_micro_vnd" bigint DEFAULT 0 NOT NULL,
	"messages" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "daily_counters_scope_subject_id_day_pk" PRIMARY KEY("scope","subject_id","day"),
	CONSTRAINT "daily_counters_scope_known" CHECK ("daily_counters"."scope" in ('org', 'member', 'key', 'free_plan')),
	CONSTRAINT "daily_counters_not_negative" CHECK ("daily_counters"."reserved_micro_vnd" >= 0 and "daily_counters"."messages" >= 0)
);
--> statement-breakpoint
CREATE TABLE "limit_changes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"period_id" uuid NOT NULL,
	"old_limit_micro_vnd" bigint NOT NULL,
	"new_limit_micro_vnd" bigint NOT NULL,
	"reason" text NOT NULL,
	"actor" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "provider_calls" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"reservation_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"model_id" text NOT NULL,
	"price_id" uuid NOT NULL,
	"rate_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"input_tokens_estimated" integer NOT NULL,
	"output_tokens_seen" integer DEFAULT 0 NOT NULL,
	"dispatched_at" timestamp with time zone,
	"first_byte_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"provider_request_id" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "provider_calls_outcome_known" CHECK ("provider_calls"."outcome" in ('complete', 'interrupted', 'rejected', 'throttled', 'failed', 'timeout', 'not_sent')),
	CONSTRAINT "provider_calls_ended_with_outcome" CHECK (("provider_calls"."outcome" is null) = ("provider_calls"."ended_at" is null)),
	CONSTRAINT "provider_calls_tokens_not_negative" CHECK (least("provider_calls"."input_tokens_estimated", "provider_calls"."output_tokens_seen") >= 0)
);
--> statement-breakpoint
CREATE TABLE "reservations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"period_id" uuid NOT NULL,
	"turn_id" uuid,
	"purpose" text NOT NULL,
	"hold_micro_vnd" bigint NOT NULL,
	"headroom_at_admit_micro_vnd" bigint NOT NULL,
	"day" date NOT NULL,
	"daily_scopes" text[] NOT NULL,
	"state" text DEFAULT 'held' NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "reservations_state_known" CHECK ("reservations"."state" in ('held', 'settled', 'released', 'expired')),
	CONSTRAINT "reservations_closed_when_not_held" CHECK (("reservations"."state" = 'held') = ("reservations"."closed_at" is null)),
	CONSTRAINT "reservations_hold_not_negative" CHECK ("reservations"."hold_micro_vnd" >= 0),
	CONSTRAINT "reservations_purpose_known" CHECK ("reservations"."purpose" in ('chat', 'title', 'intent', 'embedding', 'image'))
);
--> statement-breakpoint
CREATE TABLE "model_prices" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"model_id" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone,
	"context_tokens_min" integer DEFAULT 0 NOT NULL,
	"fresh_input_pico_usd" bigint NOT NULL,
	"cached_input_pico_usd" bigint NOT NULL,
	"cache_write_5m_pico_usd" bigint NOT NULL,
	"cache_write_1h_pico_usd" bigint NOT NULL,
	"output_pico_usd" bigint NOT NULL,
	"source" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "model_prices_not_negative" CHECK (least("model_prices"."fresh_input_pico_usd", "model_prices"."cached_input_pico_usd", "model_prices"."cache_write_5m_pico_usd", "model_prices"."cache_write_1h_pico_usd", "model_prices"."output_pico_usd") >= 0),
	CONSTRAINT "model_prices_below_one_usd_a_token" CHECK (greatest("model_prices"."fresh_input_pico_usd", "model_prices"."cached_input_pico_usd", "model_prices"."cache_write_5m_pico_usd", "model_prices"."cache_write_1h_pico_usd", "model_prices"."output_pico_usd") < 1000000000000),
	CONSTRAINT "model_prices_order" CHECK ("model_prices"."valid_to" is null or "model_prices"."valid_to" >= "model_prices"."valid_from"),
	CONSTRAINT "model_prices_tier_not_negative" CHECK ("model_prices"."context_tokens_min" >= 0)
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" text PRIMARY KEY NOT NULL,
	"provider" text NOT NULL,
	"provider_model" text NOT NULL,
	"name" text NOT NULL,
	"context_tokens_max" integer NOT NULL,
	"output_tokens_max" integer NOT NULL,
	"output_tokens_min" integer NOT NULL,
	"modalities" text[] DEFAULT '{text}' NOT NULL,
	"tier" text NOT NULL,
	"quality_curve" jsonb NOT NULL,
	"is_free" boolean DEFAULT false NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "models_id_is_slug" CHECK ("models"."id" ~ '^[a-z0-9-]+/[A-Za-z0-9._:/-]+$'),
	CONSTRAINT "models_tier_known" CHECK ("models"."tier" in ('economy', 'standard', 'premium')),
	CONSTRAINT "models_tokens_sane" CHECK ("models"."output_tokens_min" > 0 and "models"."output_tokens_max" >= "models"."output_tokens_min" and "models"."context_tokens_max" >= "models"."output_tokens_max")
);
--> statement-breakpoint
CREATE TABLE "org_members" (
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"cap_micro_vnd" bigint,
	"period_id" uuid,
	"used_micro_vnd" bigint DEFAULT 0 NOT NULL,
	"reserved_micro_vnd" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "org_members_org_id_user_id_pk" PRIMARY KEY("org_id","user_id"),
	CONSTRAINT "org_members_role_known" CHECK ("org_members"."role" in ('owner', 'member')),
	CONSTRAINT "org_members_cap_positive" CHECK ("org_members"."cap_micro_vnd" >= 0),
	CONSTRAINT "org_members_reserved_not_negative" CHECK ("org_members"."reserved_micro_vnd" >= 0)
);
--> statement-breakpoint
CREATE TABLE "orgs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"personal_user_id" text,
	"name" text DEFAULT '' NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "orgs_kind_known" CHECK ("orgs"."kind" in ('personal', 'team')),
	CONSTRAINT "orgs_personal_has_user" CHECK (("orgs"."kind" = 'personal') = ("orgs"."personal_user_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" text PRIMARY KEY NOT NULL,
	"tier" text NOT NULL,
	"billing" text NOT NULL,
	"price_micro_vnd" bigint NOT NULL,
	"budget_ratio_bp" integer DEFAULT 10000 NOT NULL,
	"budget_micro_vnd" bigint,
	"messages_daily_max" integer,
	"output_tokens_max" integer NOT NULL,
	"model_tiers" text[] NOT NULL,
	"default_model_tier" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "plans_billing_known" CHECK ("plans"."billing" in ('none', 'monthly', 'yearly')),
	CONSTRAINT "plans_money_sane" CHECK ("plans"."price_micro_vnd" >= 0 and "plans"."budget_ratio_bp" >= 0),
	CONSTRAINT "plans_budget_known" CHECK (("plans"."billing" = 'none') = ("plans"."budget_micro_vnd" is not null))
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"org_id" uuid NOT NULL,
	"plan_id" text NOT NULL,
	"anchor_at" timestamp with time zone NOT NULL,
	"paid_until" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "subscriptions_state_known" CHECK ("subscriptions"."state" in ('active', 'cancelled', 'ended')),
	CONSTRAINT "subscriptions_order" CHECK ("subscriptions"."paid_until" >= "subscriptions"."anchor_at")
);
--> statement-breakpoint
CREATE TABLE "exchange_rates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"rate_milli_vnd" bigint NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone,
	"source" text NOT NULL,
	"approved_by" text,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "exchange_rates_plausible" CHECK ("exchange_rates"."rate_milli_vnd" between 1000000 and 1000000000),
	CONSTRAINT "exchange_rates_order" CHECK ("exchange_rates"."valid_to" is null or "exchange_rates"."valid_to" >= "exchange_rates"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "catalogue_version" (
	"id" integer PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "catalogue_version_single_row" CHECK ("catalogue_version"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "routing_policies" (
	"version" text PRIMARY KEY NOT NULL,
	"parameters" jsonb NOT NULL,
	"is_shadow" boolean DEFAULT false NOT NULL,
	"active_from" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "monthly_usage_summary" (
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"month" text NOT NULL,
	"total_queries" integer DEFAULT 0 NOT NULL,
	"total_tokens" bigint DEFAULT 0 NOT NULL,
	"total_cost_pico_usd" bigint DEFAULT 0 NOT NULL,
	"total_cost_micro_vnd" bigint DEFAULT 0 NOT NULL,
	"simple_queries" integer DEFAULT 0 NOT NULL,
	"medium_queries" integer DEFAULT 0 NOT NULL,
	"complex_queries" integer DEFAULT 0 NOT NULL,
	"saved_micro_vnd" bigint DEFAULT 0 NOT NULL,
	"subscription_tier" text NOT NULL,
	"budget_limit_micro_vnd" bigint NOT NULL,
	"budget_used_micro_vnd" bigint NOT NULL,
	"budget_remaining_micro_vnd" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "monthly_usage_summary_org_id_user_id_month_pk" PRIMARY KEY("org_id","user_id","month"),
	CONSTRAINT "monthly_usage_summary_month_shape" CHECK ("monthly_usage_summary"."month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$')
);
--> statement-breakpoint
CREATE TABLE "usage_logs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text DEFAULT 'usage' NOT NULL,
	"provider_call_id" uuid,
	"adjusts_usage_log_id" uuid,
	"reservation_id" uuid,
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"period_id" uuid NOT NULL,
	"conversation_id" uuid,
	"turn_id" uuid,
	"purpose" text NOT NULL,
	"is_final_attempt" boolean NOT NULL,
	"provider" text NOT NULL,
	"model_id" text NOT NULL,
	"served_model" text,
	"fresh_input_tokens" integer NOT NULL,
	"cached_input_tokens" integer NOT NULL,
	"cache_write_5m_tokens" integer NOT NULL,
	"cache_write_1h_tokens" integer NOT NULL,
	"output_tokens" integer NOT NULL,
	"reasoning_tokens" integer NOT NULL,
	"total_tokens" integer NOT NULL,
	"cost_pico_usd" bigint NOT NULL,
	"cost_micro_vnd" bigint NOT NULL,
	"saved_micro_vnd" bigint NOT NULL,
	"price_id" uuid,
	"rate_id" uuid,
	"query_complexity" text,
	"complexity_score" numeric(5, 4),
	"query_category" text,
	"response_time_ms" integer,
	"first_token_ms" integer,
	"source" text NOT NULL,
	"reason" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "usage_logs_kind_known" CHECK ("usage_logs"."kind" in ('usage', 'adjustment')),
	CONSTRAINT "usage_logs_source_known" CHECK ("usage_logs"."source" in ('reported', 'estimated', 'manual')),
	CONSTRAINT "usage_logs_complexity_known" CHECK ("usage_logs"."query_complexity" in ('simple', 'medium', 'complex')),
	CONSTRAINT "usage_logs_purpose_known" CHECK ("usage_logs"."purpose" in ('chat', 'title', 'intent', 'embedding', 'image')),
	CONSTRAINT "usage_logs_kind_shape" CHECK (case "usage_logs"."kind" when 'usage' then "usage_logs"."provider_call_id" is not null and "usage_logs"."reservation_id" is not null and "usage_logs"."price_id" is not null and "usage_logs"."rate_id" is not null and "usage_logs"."cost_micro_vnd" >= 0 else "usage_logs"."provider_call_id" is null and "usage_logs"."reason" is not null end),
	CONSTRAINT "usage_logs_tokens_add_up" CHECK (least("usage_logs"."fresh_input_tokens", "usage_logs"."cached_input_tokens", "usage_logs"."cache_write_5m_tokens", "usage_logs"."cache_write_1h_tokens", "usage_logs"."output_tokens", "usage_logs"."reasoning_tokens") >= 0 and "usage_logs"."reasoning_tokens" <= "usage_logs"."output_tokens" and "usage_logs"."total_tokens" = "usage_logs"."fresh_input_tokens" + "usage_logs"."cached_input_tokens" + "usage_logs"."cache_write_5m_tokens" + "usage_logs"."cache_write_1h_tokens" + "usage_logs"."output_tokens")
);
--> statement-breakpoint
ALTER TABLE "budget_overrides" ADD CONSTRAINT "budget_overrides_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_cost_settings" ADD CONSTRAINT "user_cost_settings_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_cost_settings" ADD CONSTRAINT "user_cost_settings_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_owner_of_conversation_fkey" FOREIGN KEY ("conversation_id","org_id","user_id") REFERENCES "public"."conversations"("id","org_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_turn_fkey" FOREIGN KEY ("org_id","turn_id") REFERENCES "public"."turns"("org_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "turns" ADD CONSTRAINT "turns_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "turns" ADD CONSTRAINT "turns_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_periods" ADD CONSTRAINT "budget_periods_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "limit_changes" ADD CONSTRAINT "limit_changes_period_id_budget_periods_id_fk" FOREIGN KEY ("period_id") REFERENCES "public"."budget_periods"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_calls" ADD CONSTRAINT "provider_calls_reservation_id_reservations_id_fk" FOREIGN KEY ("reservation_id") REFERENCES "public"."reservations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_calls" ADD CONSTRAINT "provider_calls_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_calls" ADD CONSTRAINT "provider_calls_price_id_model_prices_id_fk" FOREIGN KEY ("price_id") REFERENCES "public"."model_prices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provider_calls" ADD CONSTRAINT "provider_calls_rate_id_exchange_rates_id_fk" FOREIGN KEY ("rate_id") REFERENCES "public"."exchange_rates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reservations" ADD CONSTRAINT "reservations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_prices" ADD CONSTRAINT "model_prices_model_id_models_id_fk" FOREIGN KEY ("model_id") REFERENCES "public"."models"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "org_members" ADD CONSTRAINT "org_members_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "org_members" ADD CONSTRAINT "org_members_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orgs" ADD CONSTRAINT "orgs_personal_user_id_users_id_fk" FOREIGN KEY ("personal_user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monthly_usage_summary" ADD CONSTRAINT "monthly_usage_summary_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monthly_usage_summary" ADD CONSTRAINT "monthly_usage_summary_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_logs" ADD CONSTRAINT "usage_logs_provider_call_id_provider_calls_id_fk" FOREIGN KEY ("provider_call_id") REFERENCES "public"."provider_calls"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_logs" ADD CONSTRAINT "usage_logs_reservation_id_reservations_id_fk" FOREIGN KEY ("reservation_id") REFERENCES "public"."reservations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_logs" ADD CONSTRAINT "usage_logs_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_logs" ADD CONSTRAINT "usage_logs_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_logs" ADD CONSTRAINT "usage_logs_price_id_model_prices_id_fk" FOREIGN KEY ("price_id") REFERENCES "public"."model_prices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_logs" ADD CONSTRAINT "usage_logs_rate_id_exchange_rates_id_fk" FOREIGN KEY ("rate_id") REFERENCES "public"."exchange_rates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_logs" ADD CONSTRAINT "usage_logs_adjusts_usage_log_id_usage_logs_id_fk" FOREIGN KEY ("adjusts_usage_log_id") REFERENCES "public"."usage_logs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_logs" ADD CONSTRAINT "usage_logs_org_id_period_id_budget_periods_org_id_id_fk" FOREIGN KEY ("org_id","period_id") REFERENCES "public"."budget_periods"("org_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_log_subject_idx" ON "audit_log" USING btree ("subject","created_at");--> statement-breakpoint
CREATE INDEX "budget_overrides_org_id_idx" ON "budget_overrides" USING btree ("org_id");--> statement-breakpoint
CREATE INDEX "conversations_owner_updated_idx" ON "conversations" USING btree ("org_id","user_id","updated_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "messages_conversation_idx" ON "messages" USING btree ("conversation_id","seq");--> statement-breakpoint
CREATE INDEX "messages_turn_idx" ON "messages" USING btree ("org_id","turn_id");--> statement-breakpoint
CREATE INDEX "turns_running_idx" ON "turns" USING btree ("heartbeat_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "turns_conversation_idx" ON "turns" USING btree ("conversation_id");--> statement-breakpoint
CREATE INDEX "accounts_user_id_idx" ON "accounts" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_provider_account_key" ON "accounts" USING btree ("provider_id","account_id");--> statement-breakpoint
CREATE INDEX "sessions_user_id_idx" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_canonical_key" ON "users" USING btree ("email_canonical");--> statement-breakpoint
CREATE INDEX "verifications_identifier_idx" ON "verifications" USING btree ("identifier");--> statement-breakpoint
CREATE INDEX "budget_periods_org_ends_idx" ON "budget_periods" USING btree ("org_id","ends_at");--> statement-breakpoint
CREATE INDEX "limit_changes_period_id_idx" ON "limit_changes" USING btree ("period_id");--> statement-breakpoint
CREATE UNIQUE INDEX "provider_calls_attempt_key" ON "provider_calls" USING btree ("reservation_id","attempt");--> statement-breakpoint
CREATE UNIQUE INDEX "reservations_turn_purpose_key" ON "reservations" USING btree ("org_id","turn_id","purpose");--> statement-breakpoint
CREATE INDEX "reservations_held_idx" ON "reservations" USING btree ("expires_at") WHERE state = 'held';--> statement-breakpoint
CREATE INDEX "reservations_period_id_idx" ON "reservations" USING btree ("period_id");--> statement-breakpoint
CREATE INDEX "model_prices_model_id_idx" ON "model_prices" USING btree ("model_id");--> statement-breakpoint
CREATE INDEX "org_members_user_id_idx" ON "org_members" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "orgs_personal_user_key" ON "orgs" USING btree ("personal_user_id");--> statement-breakpoint
CREATE INDEX "subscriptions_org_id_idx" ON "subscriptions" USING btree ("org_id");--> statement-breakpoint
CREATE UNIQUE INDEX "usage_logs_provider_call_key" ON "usage_logs" USING btree ("provider_call_id");--> statement-breakpoint
CREATE INDEX "usage_logs_org_user_idx" ON "usage_logs" USING btree ("org_id","user_id","occurred_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "usage_logs_period_id_idx" ON "usage_logs" USING btree ("period_id");--> statement-breakpoint
CREATE INDEX "usage_logs_turn_idx" ON "usage_logs" USING btree ("org_id","turn_id");