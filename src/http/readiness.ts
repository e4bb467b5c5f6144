import type { Readiness } from "./health.js";

/** What the bot knows of itself; each is asked anew at every reading. */
export interface HealthChecks {
  /** The database's clock, asked in a way that fails when nothing could be recorded. */
  databaseNow(): Promise<Date>;
  /** This machine's clock, epoch milliseconds. */
  now(): number;
  slackAnswers(): Promise<boolean>;
  queue(): { readonly up: boolean; readonly mayEvict: boolean };
  /** Is the run-time role unable to alter the trail? */
  readonly trailProtected: boolean;
  /** The policy's file cannot be put in force; the last good policy stays. */
  policyTrouble(): boolean;
  /** The policy that the trail names last is not the one in force here: another instance has another file. */
  policyDiffers(): Promise<boolean>;
  /** Is there an open bypass whose alert the channel has not had for half a minute? */
  alertsMissing(): Promise<boolean>;
  /** Ids in the policy that Slack does not know. */
  unknownIds(): readonly string[];
  /** What is wrong with the schedules that hold roles, in words of its own. */
  schedules(): Promise<readonly string[]>;
  /** Pagers outside of Slack whose last attempt failed. */
  failingPagers(): readonly string[];
}

/** Decisions go by the database's clock, so a wrong clock here only misleads people who read logs. */
const CLOCK_OFF_MS = 2_000;

/** Ready means: it can record. What merely works worse is named as degraded. */
export async function readinessOf(checks: HealthChecks): Promise<Readiness> {
  const [databaseNow, slack, differs, unheard, schedules] = await Promise.all([
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
  const worse: readonly (readonly [boolean, string])[] = [
    [!slack, "slack"],
    [!up, "queue"],
    [mayEvict, "redis_may_evict"],
    [checks.policyTrouble(), "policy_file"],
    [differs, "policy_differs"],
    [unheard, "alerts_not_posted"],
    [clockOff, "clock_off"],
    [!checks.trailProtected, "trail_unprotected"],
    [unknown.length > 0, `unknown_ids: ${unknown.join(" ")}`],
    [pagers.length > 0, `pagers: ${pagers.join(" ")}`],
    ...schedules.map((word) => [true, word] as const),
  ];
  return {
    down: databaseNow === null ? ["postgres"] : [],
    degraded: worse.flatMap(([is, name]) => (is ? [name] : [])),
  };
}

/** How far the clocks are apart, in milliseconds, whatever the asking itself took. */
async function clockReading(checks: HealthChecks): Promise<{ readonly offMs: number }> {
  const before = checks.now();
  const database = (await checks.databaseNow()).getTime();
  const after = checks.now();
  return { offMs: Math.max(0, before - database, database - after) };
}
