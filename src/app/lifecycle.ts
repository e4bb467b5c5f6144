import type { Heartbeat } from "../jobs/heartbeat.js";
import type { Jobs } from "../jobs/jobs.js";
import type { Logger } from "../lib/logger.js";
import type { OpenedDatabase } from "../postgres/open.js";
import type { SlackApp } from "../slack/app.js";
import type { AppContext } from "../usecases/app-context.js";
import { type Instance, recordStart, recordStop } from "../usecases/commands/record-process.js";
import { hintOf } from "../usecases/ports/readyz-words.js";
import type { RestoreWatch } from "../usecases/restored/watch.js";
import type { Config } from "./config.js";
import type { PolicyFile } from "./policy/policy-file.js";

/** The composed services, which start and stop with the process. */
export interface Services {
  readonly context: AppContext;
  readonly jobs: Jobs;
  readonly heartbeat: Heartbeat;
  readonly restored: RestoreWatch;
  readonly slack: SlackApp;
  readonly opened: OpenedDatabase;
  readonly policy: PolicyFile;
  readonly instance: Instance;
  readonly log: Logger;
  /** For the log: how Slack reaches the bot, and what the jobs run on. */
  readonly kinds: { readonly intake: string; readonly jobs: string };
  /** Logs ids in the policy that Slack or PagerDuty does not know. */
  readonly nameUnknownIds: () => void;
}

/** A started bot. */
export interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

const STOP_MS = 4_000;

/**
 * Opens the port, records the start, then answers: a start that cannot listen leaves no entry, and a bot that cannot record
 * answers nothing.
 */
export async function run(services: Services, http: Config["http"]): Promise<Running> {
  const { jobs, heartbeat, slack, policy, instance, log, kinds } = services;
  const { port } = await slack.start(http, () => prepare(services));
  // After the start has succeeded: a process that cannot listen or record has no jobs to stop.
  jobs.start();
  // What a predecessor has left need not wait for the next beat.
  void heartbeat.now();
  services.nameUnknownIds();
  log.info("started", {
    port,
    instance: instance.id,
    release: instance.release,
    ...kinds,
    policy: policy.file,
    policyHash: policy.current().hash,
  });
  return { port, stop: () => stop(services) };
}

/** What comes before the first answer. */
async function prepare({ context, heartbeat, restored, opened, policy, instance, log }: Services): Promise<void> {
  await recordStart(context, instance, policy.current(), opened.protection.reasons);
  if (!opened.protection.protected) {
    log.warn("trail.unprotected", {
      hint: hintOf("trail_unprotected"),
    });
  }
  for (const finding of opened.altered) {
    log.warn("database.altered", { finding, hint: hintOf("database_altered") });
  }
  // Before the first beat, because that takes up what waits in the outbox.
  await restored.start();
  // Before the first answer: nothing is delivered by a process that does not count as alive.
  await heartbeat.start();
}

/** Stops accepting, finishes what is in flight, records the stop, then closes the database. */
async function stop(services: Services): Promise<void> {
  const { slack, jobs, heartbeat, opened, instance, log } = services;
  const [left] = await Promise.all([slack.stop(STOP_MS), jobs.stop(STOP_MS)]);
  await tryRecordStop(services);
  // After the last delivery. If one was cut short, the others wait for a moment before they repeat it.
  await heartbeat.stop();
  await opened.close();
  log.info("stopped", { instance: instance.id, unfinished: left });
}

/** A failure to record the stop is logged and does not prevent it. */
async function tryRecordStop({ context, instance, log }: Services): Promise<void> {
  await recordStop(context, instance).catch((error: unknown) => log.error("stop.unrecorded", { error }));
}
