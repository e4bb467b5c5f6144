import { randomBytes } from "node:crypto";
import type { Metrics } from "../http/metrics.js";
import { createHeartbeat } from "../jobs/heartbeat.js";
import { createJobs } from "../jobs/jobs.js";
import { createInTurn } from "../lib/in-turn.js";
import { createSignal } from "../lib/signal.js";
import { createClaims } from "../postgres/outbox/claims.js";
import { createInstances } from "../postgres/outbox/instances.js";
import { createOutbox } from "../postgres/outbox/outbox.js";
import { createQueries } from "../postgres/queries/queries.js";
import { createLedger } from "../postgres/trail/ledger.js";
import { addressOf } from "../slack/directory/workspace.js";
import { type AppContext, observeCommits } from "../usecases/app-context.js";
import { type Instance, recordPolicy, recordPolicyRejected } from "../usecases/commands/record-process.js";
import type { EffectContext } from "../usecases/delivery/effect-context.js";
import { performEffect } from "../usecases/delivery/perform-effect.js";
import { logCommits } from "../usecases/logged-ledger.js";
import { createMaintenance } from "../usecases/maintenance/maintenance.js";
import { followUp, tick } from "../usecases/maintenance/sweep.js";
import { createRestoreWatch } from "../usecases/restored/watch.js";
import type { Adapters } from "./adapters.js";
import type { Foundation } from "./foundation.js";
import { backendOf, readerOf } from "./from-config.js";
import type { PolicyRecorder } from "./policy/policy-file.js";

/** A beat takes at most 0.6 of this: less than the others wait for the next one. */
const HEARTBEAT_DEADLINE_MS = 1_500;

/** The context of the use cases, and the jobs that run them. */
export function createUseCases(foundation: Foundation, adapters: Adapters, instance: Instance, metrics: Metrics) {
  const { config, overrides, log, policy, opened, now, precedence } = foundation;
  const { directory, directoryWithSchedules, chat, external, webhooks } = adapters;
  const changed = createSignal();
  const jobs = createJobs({
    backend: backendOf(config, opened),
    perform: {
      effect: (id) => precedence.first(() => performEffect(effectContext, id)),
      tick: (n) => precedence.first(() => tick(context, n)),
      followUp: (n) => followUp(context, n),
      sweep: () => precedence.first(() => metrics.timeSweep(maintenance.run)),
    },
    log,
    clock: now,
    ...(overrides.sweepEveryMs === undefined ? {} : { sweepEveryMs: overrides.sweepEveryMs }),
  });
  const claims = createClaims(instance.id);
  const heartbeat = createHeartbeat({
    instances: createInstances(opened.heartbeat, claims, { deadlineMs: HEARTBEAT_DEADLINE_MS }),
    takeUp: jobs.takeUp,
    log,
    alone: opened.alone,
    clocks: { wall: () => Date.now(), steady: () => performance.now() },
  });
  const context: AppContext = {
    ledger: logCommits(createLedger(opened.database), log),
    queries: createQueries(opened.database),
    outbox: createOutbox(opened.database, claims),
    policy,
    directory: directoryWithSchedules,
    pagers: external.pagers.map(({ name }) => name),
    wake: jobs.wake,
    random: { hex: (bytes) => randomBytes(bytes).toString("hex") },
    observer: observeCommits(metrics, changed.fire),
    log,
    readRequest: readerOf(config.slack.intake),
    inTurn: createInTurn(),
  };
  const restored = createRestoreWatch({
    context,
    published: adapters.published,
    word: config.restored,
    now: () => performance.now(),
  });
  const linkTo: EffectContext["linkTo"] = async (record) => addressOf(await directory.home(), record);
  const effectContext: EffectContext = {
    context,
    chat,
    pagers: external.pagers,
    webhooks,
    alive: heartbeat,
    restored,
    linkTo,
  };
  const recorder: PolicyRecorder = {
    changed: (changed) => recordPolicy(context, changed),
    refused: (hash, errors) => recordPolicyRejected(context, instance, hash, errors),
  };
  const maintenance = createMaintenance({
    effectContext,
    renewPolicy: () => policy.renew(recorder),
    now,
    onNewPolicy: () => {
      adapters.nameUnknownIds();
      void adapters.ci.refreshDue();
    },
    minutely: async () => {
      // A refusal ends when a call is performed again, and some methods are only called at a click.
      if (adapters.refused.inForce().length > 0) adapters.nameUnknownIds();
      // Not waited for: an issuer that does not answer must not hold up the sweep.
      void adapters.ci.refreshDue();
    },
    compare: restored.compare,
  });
  return { context, jobs, heartbeat, metrics, changed, restored, maintenance };
}

/** The use cases, and what runs them. */
export type UseCases = ReturnType<typeof createUseCases>;
