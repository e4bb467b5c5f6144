import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Route } from "../lib/route.js";
import { within } from "../lib/within.js";
import type { Observer } from "../usecases/app-context.js";

/** What is read when somebody asks for the metrics. */
export interface Gauges {
  /** Effects in the outbox that are not done, and the age of the oldest in seconds. */
  readonly waiting: number;
  readonly oldestSeconds: number;
  /** Open bypasses by status. */
  readonly requested: number;
  readonly active: number;
}

export interface MetricsOptions {
  readonly read: () => Promise<Gauges>;
  /** Figures of the process itself (memory, event loop); true if left out. */
  readonly process?: boolean;
  /** In milliseconds, for `read`; 2,000 if left out. */
  readonly deadlineMs?: number;
  /** How long what was read is shown again, in milliseconds; 1,000 if left out. */
  readonly keepMs?: number;
}

/** What the bot tells of itself. Labels are closed lists: never an id, a person or a text. */
export interface Metrics extends Observer {
  /** Runs a sweep and counts how long it took; its fault goes on to the caller. */
  timeSweep(work: () => Promise<void>): Promise<void>;
  readonly route: Route;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

/** The metrics of one bot, with a registry of their own, so that two bots in one process do not add up. */
export function createMetrics({ read, process = true, deadlineMs = 2_000, keepMs = 1_000 }: MetricsOptions): Metrics {
  const register = new Registry();
  const registers = [register];
  if (process) collectDefaultMetrics({ register });

  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `breakglass_${name}`, help, labelNames, registers });
  const seconds = (name: string, help: string, labelNames: string[] = []) =>
    new Histogram({ name: `breakglass_${name}`, help, labelNames, buckets: SECONDS, registers });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `breakglass_${name}`, help, labelNames, registers });

  const commits = counter("commits_total", "State changes offered to the trail, by outcome.", ["outcome"]);
  const refusals = counter("refusals_total", "Commands that changed nothing, by code.", ["code"]);
  const deliveries = counter("deliveries_total", "Attempts to reach Slack and pagers, by kind and outcome.", [
    "kind",
    "outcome",
  ]);
  const alerted = seconds("alert_seconds", "From the declaration to the alert being accepted.");
  const paged = seconds("page_seconds", "From the declaration to the first page being accepted.");
  const sweeps = seconds("sweep_seconds", "Duration of sweeps, by outcome.", ["outcome"]);
  const waiting = gauge("outbox_waiting", "Effects that are not done yet.");
  const oldest = gauge(
    "outbox_oldest_seconds",
    "Age of the oldest effect that is not done yet and does not wait for office hours.",
  );
  const open = gauge("bypasses_open", "Bypasses that are not over, by status.", ["status"]);
  const readable = gauge("database_readable", "1 when the figures that come from the database are fresh.");

  /** Old figures would look like calm, so without an answer there are none. */
  let asked: Promise<Gauges | null> | null = null;
  /** However many scrape at a time, and for a second after, the database is asked once. */
  const latest = (): Promise<Gauges | null> => {
    if (asked === null) {
      asked = within(deadlineMs, "The database", read()).catch(() => null);
      const forget = (): void => {
        asked = null;
      };
      const keep = (): void => void setTimeout(forget, keepMs).unref();
      const after = keepMs === 0 ? forget : keep;
      asked.then(after, after);
    }
    return asked;
  };

  const readGauges = async (): Promise<void> => {
    const gauges = await latest();
    for (const one of [waiting, oldest, open]) one.reset();
    readable.set(gauges === null ? 0 : 1);
    waiting.set(gauges?.waiting ?? Number.NaN);
    oldest.set(gauges?.oldestSeconds ?? Number.NaN);
    open.set({ status: "requested" }, gauges?.requested ?? Number.NaN);
    open.set({ status: "active" }, gauges?.active ?? Number.NaN);
  };

  return {
    commit: (outcome) => commits.inc({ outcome }),
    refusal: (code) => refusals.inc({ code }),
    delivery: (kind, outcome) => deliveries.inc({ kind, outcome }),
    alerted: (value) => alerted.observe(value),
    paged: (value) => paged.observe(value),
    timeSweep: async (work) => {
      const stop = sweeps.startTimer();
      try {
        await work();
        stop({ outcome: "done" });
      } catch (fault) {
        stop({ outcome: "failed" });
        throw fault;
      }
    },
    route: {
      method: "GET",
      path: "/metrics",
      handle: async () => {
        await readGauges();
        return { status: 200, headers: { "content-type": register.contentType }, body: await register.metrics() };
      },
    },
  };
}
