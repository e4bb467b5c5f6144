import { version as nodeVersion } from "node:process";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { within } from "../lib/deadline.js";
import type { Route } from "../lib/route.js";
import type { Observer } from "../usecases/app-context.js";
import type { WebhookBacklog } from "../usecases/ports/ports.js";
import type { Readiness } from "./health.js";
import { createReadinessGauges } from "./readiness-gauges.js";
import { shareReading } from "./shared-reading.js";

/** The values that are read from the database for a scrape. */
export interface Gauges {
  /** Effects in the outbox that are not done, and the age of the oldest in seconds. */
  readonly waiting: number;
  readonly oldestSeconds: number;
  /** Open bypasses by status. */
  readonly requested: number;
  readonly active: number;
  /** Open reviews and actions past their day that are not put off. */
  readonly overdueReviews: number;
  readonly overdueActions: number;
  /** What waits for each webhook of the policy. */
  readonly webhooks: readonly WebhookBacklog[];
}

export interface MetricsOptions {
  /** The running release, for `breakglass_build_info`. */
  readonly release: string;
  /** Web API methods that Slack refuses until somebody changes something, with its code; from closed lists. */
  readonly refused?: () => readonly { readonly method: string; readonly code: string }[];
  readonly read: () => Promise<Gauges>;
  /** Whether to include metrics of the process itself (memory, event loop); true if left out. */
  readonly process?: boolean;
  /** For `read`, in milliseconds; 2,000 if left out. */
  readonly deadlineMs?: number;
  /** Milliseconds that are never set back; those of the process if left out. */
  readonly clock?: () => number;
}

/** The bot's metrics. Labels have closed lists of values, or names of the policy: never an id, a person or a text. */
export interface Metrics extends Observer {
  /** Counts a request that was refused as not coming from Slack. `why` is a word of a closed list. */
  requestRefused(why: string): void;
  /** Counts a connection that was closed for a limit of the port. `why` is a word of a closed list. */
  connectionClosed(why: string): void;
  /** Counts a question in Slack that was not answered. `question` and `why` are words of closed lists. */
  questionRefused(question: string, why: string): void;
  /** Counts a gate check. `outcome` is a word of a closed list. */
  gateChecked(outcome: string): void;
  /** Runs a sweep and measures its duration. Rethrows its error. */
  timeSweep(work: () => Promise<void>): Promise<void>;
  /** Counts a call that Slack refused with 429. `method` is one of the methods that the bot calls. */
  rateLimited(method: string): void;
  /** Gives the scrapes the reading of `/readyz`. Without it, the gauges of its words have no values. */
  watch(readiness: () => Promise<Readiness>): void;
  readonly route: Route;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

/** Creates the metrics of one bot, with their own registry, so that two bots in one process do not add up. */
export function createMetrics({
  read,
  release,
  refused = () => [],
  process = true,
  deadlineMs = 2_000,
  clock,
}: MetricsOptions): Metrics {
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
  const gateChecks = counter("gate_checks_total", "Questions of pipelines, by answer or status.", ["outcome"]);
  const refusedRequests = counter("requests_refused_total", "Requests refused as not Slack's or not readable.", [
    "why",
  ]);
  const connectionsClosed = counter("connections_closed_total", "Connections closed for a limit of the port.", ["why"]);
  const questionsRefused = counter("questions_refused_total", "Questions in Slack that were not answered.", [
    "question",
    "why",
  ]);
  const deliveries = counter("deliveries_total", "Attempts to reach Slack and pagers, by kind and outcome.", [
    "kind",
    "outcome",
  ]);
  const webhooks = counter(
    "webhook_deliveries_total",
    "Attempts to send an event to a webhook of the policy, by outcome.",
    ["webhook", "outcome"],
  );
  const alerted = seconds("alert_seconds", "From the declaration to the alert being accepted.");
  const paged = seconds("page_seconds", "From the declaration to the first page being accepted.");
  const sweeps = seconds("sweep_seconds", "Duration of sweeps, by outcome.", ["outcome"]);
  const waiting = gauge("outbox_waiting", "Effects that are not done yet.");
  const oldest = gauge(
    "outbox_oldest_seconds",
    "Age of the oldest effect that is not done yet and does not wait for office hours.",
  );
  const open = gauge("bypasses_open", "Bypasses that are not over, by status.", ["status"]);
  const overdue = gauge("overdue", "Reviews and actions past their day that are not put off, by kind.", ["kind"]);
  const rateLimited = counter("slack_rate_limited_total", "Calls that Slack refused with 429, by method.", ["method"]);
  const webhookWaiting = gauge("webhook_waiting", "Events that wait to be sent to a webhook.", ["webhook"]);
  const webhookOldest = gauge("webhook_oldest_seconds", "Age of the oldest event that waits for a webhook.", [
    "webhook",
  ]);
  const showReadiness = createReadinessGauges(registers);
  gauge("build_info", "Always 1; the labels say which release runs, on which Node.", ["release", "node"]).set(
    { release, node: nodeVersion },
    1,
  );
  const slackRefused = gauge("slack_refused", "1 for each method that Slack refuses until somebody acts.", [
    "method",
    "code",
  ]);
  const readable = gauge("database_readable", "1 when the figures that come from the database are fresh.");

  const readGauges = async (): Promise<void> => {
    // Old values would hide that the database does not answer.
    const gauges = await within(deadlineMs, "The database", read()).catch(() => null);
    for (const metric of [waiting, oldest, open, overdue, slackRefused, webhookWaiting, webhookOldest]) metric.reset();
    for (const { method, code } of refused()) slackRefused.set({ method, code }, 1);
    readable.set(gauges === null ? 0 : 1);
    waiting.set(gauges?.waiting ?? Number.NaN);
    oldest.set(gauges?.oldestSeconds ?? Number.NaN);
    open.set({ status: "requested" }, gauges?.requested ?? Number.NaN);
    open.set({ status: "active" }, gauges?.active ?? Number.NaN);
    overdue.set({ kind: "review" }, gauges?.overdueReviews ?? Number.NaN);
    overdue.set({ kind: "action" }, gauges?.overdueActions ?? Number.NaN);
    for (const { webhook, waiting: count, oldestSeconds } of gauges?.webhooks ?? []) {
      webhookWaiting.set({ webhook }, count);
      webhookOldest.set({ webhook }, oldestSeconds);
    }
  };

  let readiness: (() => Promise<Readiness>) | null = null;
  const readWords = async (): Promise<void> => {
    if (readiness !== null) showReadiness(await readiness());
  };
  /** Rendering takes several milliseconds of the one event loop, so it is shared like what it shows. */
  const text = shareReading(async () => {
    await Promise.all([readGauges(), readWords()]);
    return register.metrics();
  }, clock);

  return {
    commit: (outcome) => commits.inc({ outcome }),
    refusal: (code) => refusals.inc({ code }),
    requestRefused: (why) => refusedRequests.inc({ why }),
    connectionClosed: (why) => connectionsClosed.inc({ why }),
    gateChecked: (outcome) => gateChecks.inc({ outcome }),
    questionRefused: (question, why) => questionsRefused.inc({ question, why }),
    delivery: (kind, outcome) => deliveries.inc({ kind, outcome }),
    webhook: (webhook, outcome) => webhooks.inc({ webhook, outcome }),
    alerted: (value) => alerted.observe(value),
    paged: (value) => paged.observe(value),
    rateLimited: (method) => rateLimited.inc({ method }),
    watch: (next) => {
      readiness = next;
    },
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
      handle: async () => ({
        status: 200,
        headers: { "content-type": register.contentType },
        body: await text(),
      }),
    },
  };
}
