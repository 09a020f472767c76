ALTER TABLE "subscriptions" ADD COLUMN "starts_at" timestamp with time zone;--> statement-breakpoint
-- The instant so many months after another on Vietnam's clock; a day the target month lacks becomes its last.
-- The same as `addMonths` of src/domain/time.
create function add_months(instant timestamptz, months integer) returns timestamptz
  language sql immutable parallel safe
  return (instant at time zone 'Asia/Ho_Chi_Minh' + make_interval(months => months)) at time zone 'Asia/Ho_Chi_Minh';
