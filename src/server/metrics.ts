import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

type Metrics = {
  readonly registry: Registry;
  readonly providerCalls: Counter<"provider" | "outcome">;
  readonly usageEstimated: Counter;
  readonly rateLimited: Counter<"door">;
  readonly webhooksRefused: Counter<"provider" | "reason">;
  readonly openStreams: Gauge;
  readonly violations: Gauge<"id">;
  readonly openAlerts: Gauge<"kind">;
  readonly queueDueSeconds: Gauge;
  readonly sweepSeconds: Gauge;
  readonly databaseUp: Gauge;
};

declare global {
  var phoChatMetrics: Metrics | undefined;
}

/** Kept on the process: Next loads this file once per bundle. */
function metrics(): Metrics {
  globalThis.phoChatMetrics ??= makeMetrics();
  return globalThis.phoChatMetrics;
}

function makeMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    registry,
    providerCalls: new Counter({
      name: "provider_calls_total",
      help: "Calls of providers by how they ended.",
      labelNames: ["provider", "outcome"],
      registers,
    }),
    usageEstimated: new Counter({
      name: "usage_estimated_total",
      help: "Usage logs that had to be estimated; more than 1 % of the calls hides a loss.",
      registers,
    }),
    rateLimited: new Counter({
      name: "rate_limited_total",
      help: "Requests refused for their rate, by door.",
      labelNames: ["door"],
      registers,
    }),
    webhooksRefused: new Counter({
      name: "webhooks_refused_total",
      help: "Deliveries of payment providers that were not taken, by reason; none of them is stored.",
      labelNames: ["provider", "reason"],
      registers,
    }),
    openStreams: gauge("open_streams", "Answers being streamed by this process."),
    violations: new Gauge({
      name: "invariant_violations",
      help: "Rows that break an invariant of the books at the last check; at most 20 are counted.",
      labelNames: ["id"],
      registers,
    }),
    openAlerts: new Gauge({
      name: "ops_alerts_open",
      help: "Causes ops was told of that are not resolved.",
      labelNames: ["kind"],
      registers,
    }),
    queueDueSeconds: gauge("queue_oldest_due_seconds", "How long the oldest due job waits."),
    sweepSeconds: gauge("sweep_age_seconds", "Since when open holds were last swept."),
    databaseUp: gauge("database_up", "1 when the database answered this scrape."),
  };
}

export function countProviderCall(provider: string, outcome: string): void {
  metrics().providerCalls.inc({ provider, outcome });
}

export function countEstimatedUsage(): void {
  metrics().usageEstimated.inc();
}

export function countRateLimited(door: string): void {
  metrics().rateLimited.inc({ door });
}

/** @param reason one of a few words of ours, never what was sent. */
export function countRefusedWebhook(provider: string, reason: string): void {
  metrics().webhooksRefused.inc({ provider, reason });
}

/** @param change +1 when a stream opens, −1 when it is over. */
export function moveOpenStreams(change: 1 | -1): void {
  metrics().openStreams.inc(change);
}

/** What is the same for all processes: read from the database at each scrape. */
export type SharedFigures = {
  /** Every invariant's id and how many rows break it. */
  readonly violations: ReadonlyMap<string, number>;
  readonly openAlerts: ReadonlyMap<string, number>;
  readonly oldestDueSeconds: number | null;
  readonly lastSweepSeconds: number | null;
};

/** The metrics in Prometheus' text format. @param shared null: the database did not answer. */
export async function renderMetrics(
  shared: SharedFigures | null,
): Promise<{ readonly body: string; readonly contentType: string }> {
  const { registry, ...all } = metrics();
  all.violations.reset();
  all.openAlerts.reset();
  all.databaseUp.set(shared === null ? 0 : 1);
  all.queueDueSeconds.set(shared?.oldestDueSeconds ?? 0);
  all.sweepSeconds.set(shared?.lastSweepSeconds ?? Number.NaN);
  for (const [id, rows] of shared?.violations ?? []) all.violations.set({ id }, rows);
  for (const [kind, count] of shared?.openAlerts ?? []) all.openAlerts.set({ kind }, count);
  return { body: await registry.metrics(), contentType: registry.contentType };
}
