import type { Invariant } from "./invariants.ts";

/**
 * The order of things: admissions and closings at their instants under the period's lock. A cost
 * counts when its hold settled. What is booked after a hold was closed (a correction, a late log)
 * counts from 30 s after its transaction began, by when that has certainly ended; a credit counts
 * from the start: both only ever let an admission pass. Where history is not replayed from its
 * beginning, the counters give what stood before; that they are right is another rule's business.
 * A log is written within seconds of its hold's end.
 */
const replayEvents = (since: string) => `
  select r.id, 'admit' as kind, r.period_id, r.created_at as at, 1 as priority, r.hold_micro_vnd as delta
    from reservations r
  union all
  select r.id, 'close', r.period_id, r.closed_at, 0, -r.hold_micro_vnd from reservations r where r.closed_at is not null
  union all
  select r.id, 'cost', l.period_id,
         case when l.cost_micro_vnd < 0 or l.kind = 'usage' and r.state = 'settled' then r.closed_at
              else greatest(r.closed_at, l.created_at + interval '30 seconds') end, 0, l.cost_micro_vnd
    from usage_logs l join reservations r on r.id = l.reservation_id
   where l.created_at >= ${since} - interval '1 hour'`;

/** The highest limit a period ever had: every former one stands as the old limit of a change. */
const highestLimits = `
  select p.id as period_id, greatest(p.limit_micro_vnd, max(c.old_limit_micro_vnd), max(c.new_limit_micro_vnd)) as highest
    from budget_periods p left join limit_changes c on c.period_id = p.id group by p.id`;

export const capInvariants: readonly Invariant[] = [
  {
    id: "3-admission",
    rule: "No hold was larger than what was left when it was admitted.",
    sql: () => `
      select id, hold_micro_vnd::text, headroom_at_admit_micro_vnd::text from reservations
       where hold_micro_vnd > 0 and hold_micro_vnd > headroom_at_admit_micro_vnd`,
  },
  {
    id: "3-excess",
    rule: "What used and reserved exceed a limit by is explained by costs over holds, corrections or a cut of the limit.",
    sql: () => `
      select p.id, p.limit_micro_vnd::text, p.used_micro_vnd::text, p.reserved_micro_vnd::text
        from budget_periods p join (${highestLimits}) h on h.period_id = p.id
       where p.used_micro_vnd + p.reserved_micro_vnd > h.highest
         and p.used_micro_vnd + p.reserved_micro_vnd > h.highest + coalesce((
           select sum(greatest(0, u.cost - case when r.state = 'settled' then r.hold_micro_vnd else 0 end)) from reservations r
             join (select reservation_id, sum(cost_micro_vnd) as cost from usage_logs
                    where period_id = p.id and kind = 'usage' group by 1) u on u.reservation_id = r.id
            where r.period_id = p.id), 0) + coalesce((
           select sum(cost_micro_vnd) from usage_logs
            where period_id = p.id and kind = 'adjustment' and cost_micro_vnd > 0), 0)`,
  },
  {
    id: "3-replay",
    rule: "Replayed in order, no admission took a period over the highest limit it had.",
    sql: (since) => `
      with e as materialized (
        select * from (${replayEvents(since)}) a where at >= ${since}),
      opening as (
        select p.id as period_id, p.used_micro_vnd + p.reserved_micro_vnd - sum(e.delta) as before
          from budget_periods p join e on e.period_id = p.id where ${since} > '-infinity' group by p.id)
      select x.id, x.period_id, x.running::text, h.highest::text from (
        select e.id, e.kind, e.period_id, e.delta, coalesce(o.before, 0)
                 + sum(e.delta) over (partition by e.period_id order by e.at, e.priority, e.id) as running
          from e left join opening o on o.period_id = e.period_id) x
        join (${highestLimits}) h on h.period_id = x.period_id
       where x.kind = 'admit' and x.delta > 0 and x.running > h.highest`,
  },
];
