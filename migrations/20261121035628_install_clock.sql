-- Exclusion constraints compare uuids and texts beside ranges.
create extension if not exists btree_gist;
--> statement-breakpoint
-- The product's clock. Tests replace this function in their own databases; nothing else can set it.
create function app_now() returns timestamptz language sql stable parallel safe as $$ select now() $$;
