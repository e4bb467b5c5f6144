import { INCIDENTS } from "../../../demo/cast.js";
import { undelivered } from "../undelivered.js";
import { faultsOf, sentMessages } from "./deliveries.js";
import type { KillEnvironment } from "./kill-environment.js";
import type { Acknowledged } from "./life.js";

/** Everything that is wrong after a run, by name. All lists should be empty. */
export interface Judgement {
  /** Acknowledged and not on record, or finished by the outbox and not in Slack. */
  readonly lost: readonly string[];
  /** Messages that were posted twice, and repeated entries of which a bypass can have only one. */
  readonly doubled: readonly string[];
  /** Unfinished effects, and bypasses that have been overdue for a minute. */
  readonly stuck: readonly string[];
  /** The findings of `verify`: the chain, and the projections against the folded events. */
  readonly findings: readonly unknown[];
}

const ONCE = [
  "bypass.declared",
  "alert.posted",
  "bypass.activated",
  "bypass.denied",
  "bypass.withdrawn",
  "bypass.lapsed",
  "grant.warned",
  "bypass.expired",
  "bypass.closed",
  "bypass.logged",
];
const SETTLED = ["bypass.activated", "bypass.denied", "bypass.withdrawn", "bypass.lapsed"];

export async function judge(
  { slack, trail }: Pick<KillEnvironment, "slack" | "trail">,
  acknowledged: readonly Acknowledged[],
): Promise<Judgement> {
  const entries = await trail.entries();
  const counts = new Map<string, number>();
  for (const { n, type } of entries) {
    for (const key of [`${n} ${type}`, ...(SETTLED.includes(type) ? [`${n} settled`] : [])])
      counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const unrecorded = acknowledged.filter(({ n, type }) => !counts.has(`${n} ${type}`));
  const twice = [...counts].filter(
    ([key, count]) => count > 1 && (key.endsWith(" settled") || ONCE.includes(key.split(" ")[1] ?? "")),
  );

  const { doubled, lost } = faultsOf(await sentMessages(slack, trail));

  const unfinished = await trail.sql<{ what: string }[]>`
    SELECT 'BG-' || n || ' ' || coalesce(message_key, lane) AS what FROM breakglass.outbox o
    WHERE ${undelivered(trail.sql)}`;
  const overdue = await trail.sql<{ what: string }[]>`
    SELECT 'BG-' || n || ' ' || status AS what FROM breakglass.bypasses
    WHERE status IN ('requested', 'active') AND next_due_at < clock_timestamp() - interval '60 seconds'`;
  const alerts = slack.messages(INCIDENTS).filter((one) => one.thread_ts === undefined && /^BG-\d+/.test(one.text));
  const names = alerts.map((one) => /BG-\d+/.exec(one.text)?.[0] ?? "");

  return {
    lost: [...unrecorded.map(({ n, type }) => `BG-${n} ${type}`), ...lost],
    doubled: [
      ...twice.map(([key, count]) => `BG-${key} ${count} times`),
      ...doubled,
      ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `the alert of ${name}`),
    ],
    stuck: [...unfinished, ...overdue].map(({ what }) => what),
    findings: (await trail.verify()).findings,
  };
}

/** The longest delay of an expiry notice in its thread, in milliseconds after the end of the grant. */
export async function latestEnd({ trail }: Pick<KillEnvironment, "trail">): Promise<number> {
  const [row] = await trail.sql<{ ms: number | null }[]>`
    SELECT max(extract(epoch FROM o.done_at - b.ends_at) * 1000)::float8 AS ms
    FROM breakglass.bypasses b JOIN breakglass.outbox o ON o.n = b.n AND o.message_key LIKE 'thread:ended:%'
    WHERE b.status = 'expired'`;
  return row?.ms ?? 0;
}
