CREATE TABLE "demand_profiles" (
	"org_id" uuid PRIMARY KEY NOT NULL,
	"learned_at" timestamp with time zone NOT NULL,
	"demand" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "output_profiles" (
	"org_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"learned_at" timestamp with time zone NOT NULL,
	"factors" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "output_profiles_org_id_user_id_pk" PRIMARY KEY("org_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "demand_profiles" ADD CONSTRAINT "demand_profiles_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "output_profiles" ADD CONSTRAINT "output_profiles_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "output_profiles" ADD CONSTRAINT "output_profiles_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;