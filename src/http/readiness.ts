import type { Readiness } from "./health.js";

/** The checks behind `/readyz`. All run at every request that is not served from the cache. */
export interface HealthChecks {
  /** Reads the database's clock, in a way that fails when nothing could be recorded. */
  databaseNow(): Promise<Date>;
  /** This machine's clock, in epoch milliseconds. */
  now(): number;
  slackAnswers(): Promise<boolean>;
  queue(): { readonly up: boolean; readonly mayEvict: boolean };
  /** True if the run-time role cannot alter the trail. */
  readonly trailProtected: boolean;
  /** Whether the policy file is invalid, so that the last good policy stays in force. */
  policyTrouble(): boolean;
  /** Whether the last policy in the trail is not the one in force here, because another instance has another file. */
  policyDiffers(): Promise<boolean>;
  /** Whether messages in Slack show entries that the trail does not have, because a backup was restored. */
  trailBehind(): boolean;
  /** Whether the alert of an open bypass is still not posted after 30 s. */
  alertsMissing(): Promise<boolean>;
  /** Ids in the policy that Slack does not know. */
  unknownIds(): readonly string[];
  /** What is wrong with the schedules that hold roles, as entries for `/readyz`. */
  schedules(): Promise<readonly string[]>;
  /** Pagers outside of Slack whose last attempt failed. */
  failingPagers(): readonly string[];
}

/** Decisions use the database's clock, so a wrong clock here only misleads people who read logs. */
const CLOCK_OFF_MS = 2_000;

/** Runs the checks. The bot is ready if it can record; anything else that fails is degraded. */
export async function readinessOf(checks: HealthChecks): Promise<Readiness> {
  const [databaseNow, slack, differs, alertMissing, schedules] = await Promise.all([
    clockReading(checks).catch(() => null),
    checks.slackAnswers(),
    checks.policyDiffers().catch(() => false),
    checks.alertsMissing().catch(() => false),
    checks.schedules().catch(() => ["schedules_unread"]),
  ]);
  const clockOff = databaseNow !== null && databaseNow.offMs > CLOCK_OFF_MS;
  const unknown = checks.unknownIds();
  const pagers = checks.failingPagers();
  const { up, mayEvict } = checks.queue();
  const degradations: readonly (readonly [boolean, string])[] = [
    [!slack, "slack"],
    [!up, "queue"],
    [mayEvict, "redis_may_evict"],
    [checks.policyTrouble(), "policy_file"],
    [differs, "policy_differs"],
    [alertMissing, "alerts_not_posted"],
    [clockOff, "clock_off"],
    [checks.trailBehind(), "trail_behind"],
    [!checks.trailProtected, "trail_unprotected"],
    [unknown.length > 0, `unknown_ids: ${unknown.join(" ")}`],
    [pagers.length > 0, `pagers: ${pagers.join(" ")}`],
    ...schedules.map((word) => [true, word] as const),
  ];
  return {
    down: databaseNow === null ? ["postgres"] : [],
    degraded: degradations.flatMap(([is, name]) => (is ? [name] : [])),
  };
}

/** Returns how far the clocks differ, in milliseconds, not counting the duration of the query. */
async function clockReading(checks: HealthChecks): Promise<{ readonly offMs: number }> {
  const before = checks.now();
  const database = (await checks.databaseNow()).getTime();
  const after = checks.now();
  return { offMs: Math.max(0, before - database, database - after) };
}
