import { type DegradedEntry, type DownWord, entryOf, type RedisRefusal } from "../usecases/ports/readyz-words.js";
import type { Readiness } from "./health.js";

/** The checks behind `/readyz`. All run at every request that is not served from the cache. */
export interface HealthChecks {
  /** Writes as a commit does: the database's clock, or the word for why nothing can be recorded. */
  canRecord(): Promise<{ readonly now: Date } | { readonly trouble: DownWord }>;
  /** This machine's clock, in epoch milliseconds. */
  now(): number;
  /** Whether Slack answers, if only with a refusal. */
  slackAnswers(): Promise<boolean>;
  /** What Slack refuses until somebody changes something, as entries for `/readyz`. */
  slackRefuses(): readonly DegradedEntry[];
  queue(): {
    readonly up: boolean;
    readonly mayEvict: boolean;
    readonly detail: string;
    /** Why a Redis that answers takes nothing. */
    readonly refusal: RedisRefusal | null;
  };
  /** True if the run-time role cannot alter the trail. */
  readonly trailProtected: boolean;
  /** True if functions, tables, triggers and rights in the database are those of this release. */
  readonly databaseIntact: boolean;
  /** Whether the policy file is invalid, so that the last good policy stays in force. */
  policyTrouble(): boolean;
  /** Whether the last policy in the trail is not the one in force here, because another instance has another file. */
  policyDiffers(): Promise<boolean>;
  /** Whether messages in Slack show entries that the trail does not have, because a backup was restored. */
  trailBehind(): boolean;
  /** Whether the alert of an open bypass is still not posted after 30 s. */
  alertsMissing(): Promise<boolean>;
  /** Channels of the policy that the bot cannot post in. */
  channelsWithoutBot(): Promise<readonly string[]>;
  /** Ids in the policy that Slack does not know. */
  unknownIds(): readonly string[];
  /** What is wrong with the schedules that hold roles, as entries for `/readyz`. */
  schedules(): Promise<readonly DegradedEntry[]>;
  /** Issuers of pipeline tokens whose keys are old, as entries for `/readyz`. */
  ciKeys(): readonly DegradedEntry[];
  /** Pagers outside of Slack whose last attempt failed. */
  failingPagers(): readonly string[];
  /** Webhooks whose last delivery failed. */
  failingWebhooks(): readonly string[];
  /** Webhooks of the policy without a secret. */
  webhooksWithoutSecret(): readonly string[];
  /** What keeps calls from leaving this process, as entries for `/readyz`. */
  outbound(): readonly DegradedEntry[];
  /** Whether PostgreSQL takes no heartbeat of this process, so that it posts nothing. */
  heartbeatMissed(): boolean;
  /** Steps of the maintenance that have not ended for too long. */
  maintenanceStuck(): readonly string[];
}

/** Decisions use the database's clock, so a wrong clock here only misleads people who read logs. */
const CLOCK_OFF_MS = 2_000;

/** Runs the checks. The bot is ready if it can record; anything else that fails is degraded. */
export async function readinessOf(checks: HealthChecks): Promise<Readiness> {
  const [proof, slack, differs, alertMissing, withoutBot, schedules] = await Promise.all([
    prove(checks).catch(() => ({ trouble: "postgres" as const })),
    checks.slackAnswers(),
    checks.policyDiffers().catch(() => false),
    checks.alertsMissing().catch(() => false),
    checks.channelsWithoutBot().catch(() => []),
    checks.schedules().catch(() => ["schedules_unread"] as const),
  ]);
  const clockOff = "offMs" in proof && proof.offMs > CLOCK_OFF_MS;
  const isDown = "trouble" in proof;
  const { up, mayEvict, detail, refusal } = checks.queue();
  const noQueue = detail === "no_queue";
  const degradations: readonly (readonly [boolean, DegradedEntry])[] = [
    [!slack, "slack"],
    // A refusal says why there is no queue.
    [!up && !noQueue && refusal === null, "queue"],
    [noQueue, "queue_needs_direct_connection"],
    ...(refusal === null ? [] : [[true, refusal] as const]),
    [mayEvict, "redis_may_evict"],
    [checks.policyTrouble(), "policy_file"],
    [differs, "policy_differs"],
    [alertMissing, "alerts_not_posted"],
    [clockOff, "clock_off"],
    // Without PostgreSQL there is no heartbeat either, and its own word says why.
    [!isDown && checks.heartbeatMissed(), "heartbeat_missed"],
    [checks.trailBehind(), "trail_behind"],
    [!checks.trailProtected, "trail_unprotected"],
    [!checks.databaseIntact, "database_altered"],
  ];
  return {
    down: isDown ? [proof.trouble] : [],
    degraded: [
      ...degradations.flatMap(([is, name]) => (is ? [name] : [])),
      ...entryOf("not_in_channel", withoutBot),
      ...entryOf("unknown_ids", checks.unknownIds()),
      ...entryOf("pagers", checks.failingPagers()),
      ...entryOf("webhooks", checks.failingWebhooks()),
      ...entryOf("webhook_secret_missing", checks.webhooksWithoutSecret()),
      ...entryOf("maintenance_stuck", checks.maintenanceStuck()),
      ...checks.slackRefuses(),
      ...checks.outbound(),
      ...checks.ciKeys(),
      ...schedules,
    ],
  };
}

/** Proves that it can record, and returns how far the clocks differ, in milliseconds, not counting the statement itself. */
async function prove(checks: HealthChecks): Promise<{ readonly offMs: number } | { readonly trouble: DownWord }> {
  const before = checks.now();
  const proof = await checks.canRecord();
  const after = checks.now();
  if ("trouble" in proof) return proof;
  const database = proof.now.getTime();
  return { offMs: Math.max(0, before - database, database - after) };
}
