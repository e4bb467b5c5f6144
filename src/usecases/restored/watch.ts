import type { Actor } from "../../domain/events/actor.js";
import type { SystemEvent } from "../../domain/events/catalogue/catalogue.js";
import type { Notice } from "../../domain/notices/effects.js";
import { channelsOf } from "../../domain/policy/channels.js";
import { within } from "../../lib/deadline.js";
import type { AppContext } from "../app-context.js";
import type { Published, PublishedMark } from "../ports/ports.js";
import { hintOf } from "../ports/readyz-words.js";
import { withUrgency } from "../ports/urgency.js";
import { recordSystem } from "../record-system.js";

/**
 * Where something to be done came from. `backup`: it came with a restored backup, so the original may have done it.
 * `unknown`: it is older than this process, and Slack has not been asked yet. `here`: neither.
 */
export type Origin = "here" | "unknown" | "backup";

/** Knows whether the trail is a restored backup. */
export interface RestoreWatch {
  /**
   * Compares the trail with what was published in Slack, before anything of the outbox is performed. Never takes much
   * longer than two seconds and never rejects because of Slack: the comparison then goes on with {@link compare}.
   */
  start(): Promise<void>;
  /** Compares unless that has been done. */
  compare(): Promise<void>;
  /** The origin of something that was to be done at that time. */
  origin(at: Date): Origin;
  /** As {@link RestoreWatch.origin}, for a page: it does not wait for Slack for long, because somebody may be needed. */
  originOfPage(at: Date): Origin;
  /** Whether messages in Slack show entries that the trail does not have. */
  isBehind(): boolean;
}

export interface RestoreWatchOptions {
  readonly context: AppContext;
  readonly published: Published;
  /** The operator's word that this is a restored backup (`BREAKGLASS_RESTORED`); each word is recorded once. */
  readonly word: string | null;
  /** Milliseconds, by a clock of this process. */
  readonly now: () => number;
}

const BOT: Actor = { kind: "system", part: "bot" };
const FIRST_COMPARISON_MS = 2_500;
/** How long a page waits for the comparison: a page is rather doubled than lost. */
const PAGES_WAIT_MS = 10_000;

type MissingMark = PublishedMark & { readonly isOnTrail: boolean };
type Gap = Extract<SystemEvent, { type: "trail.gap" }>;

export function createRestoreWatch({ context, published, word, now }: RestoreWatchOptions): RestoreWatch {
  const { ledger, queries, outbox, policy, log } = context;
  let startedAt: Date | null = null;
  let startedMs = now();
  /** What was to be done before this time came with a backup. */
  let backupUntil: Date | null = null;
  /** Messages before this time are accounted for by the operator. */
  let acknowledgedAt: Date | null = null;
  let compared = false;
  let behind = false;
  let comparing: Promise<void> | null = null;

  /** Reads the gaps on record, and adds the operator's word. */
  async function readRecord(before: Date): Promise<void> {
    if (word !== null) {
      const event = {
        type: "trail.gap",
        foundBy: "operator",
        seq: null,
        head: null,
        before: before.toISOString(),
      } as const;
      await recordSystem(context, { event }, BOT, `gap:operator:${word}`);
    }
    const { gaps, unreadable } = await queries.gaps();
    for (const seq of unreadable)
      log.warn("trail.gap_unreadable", { seq, hint: "Nobody acts on this entry. Run npx breakglass verify." });
    for (const { event, at } of gaps) {
      // A backup holds nothing that is newer than the entry about it, whatever that says.
      backupUntil = new Date(event.before < at ? event.before : at);
      if (event.foundBy === "operator") acknowledgedAt = new Date(at);
    }
  }

  async function compareOnce(): Promise<void> {
    const marks = await published.recent(await channelsToRead());
    if (marks === null) return;
    const missing = await missingOf(
      marks.filter(({ postedAt }) => acknowledgedAt === null || postedAt > acknowledgedAt),
    );
    const [newest] = missing;
    if (newest !== undefined) await recordGap(newest, [...new Set(missing.map(({ channel }) => channel))]);
    behind = newest !== undefined;
    compared = true;
  }

  /** The channels of the newest alerts, whose ids are known, or else those of the policy. */
  async function channelsToRead(): Promise<readonly string[]> {
    const known = await queries.alertChannels();
    return known.length > 0 ? known : channelsOf(policy.current().policy);
  }

  /**
   * The marks that this database cannot have published: the trail does not have their position, or nobody has tried
   * their outbox row yet, because the backup was taken between the commit and the delivery. The newest first.
   */
  async function missingOf(marks: readonly PublishedMark[]): Promise<readonly MissingMark[]> {
    if (marks.length === 0) return [];
    const [heads, untried] = await Promise.all([
      queries.headsAt([...new Set(marks.map(({ seq }) => seq))]),
      outbox.neverTried(marks.map(({ outboxId }) => outboxId)),
    ]);
    return marks
      .map((mark) => ({ ...mark, isOnTrail: heads.get(mark.seq) === mark.head }))
      .filter(({ isOnTrail, outboxId }) => !isOnTrail || untried.includes(outboxId))
      .sort((a, b) => b.postedAt.getTime() - a.postedAt.getTime());
  }

  async function recordGap(newest: MissingMark, channels: readonly string[]): Promise<void> {
    const { outboxId, isOnTrail } = newest;
    const { seq, head } = isOnTrail ? { seq: null, head: null } : newest;
    const before = (startedAt ?? (await ledger.now())).toISOString();
    const event: Gap = { type: "trail.gap", foundBy: "published", seq, head, before };
    const effects = channels.map((channel): Notice => ({ kind: "gap.post", channel, slot: before }));
    const recorded = await recordSystem(context, { event }, BOT, `gap:${outboxId}:${head ?? "pending"}`, effects);
    log.error("trail.behind", {
      seq,
      head,
      hint: hintOf("trail_behind"),
    });
    if (recorded === null || recorded.duplicate) return;
    backupUntil = new Date(before);
    context.wake.effects(recorded.effects);
  }

  const compare = (): Promise<void> => {
    if (compared) return Promise.resolve();
    comparing ??= compareOnce().finally(() => {
      comparing = null;
    });
    return comparing;
  };

  const origin = (at: Date, waits: boolean): Origin => {
    if (backupUntil !== null && at <= backupUntil) return "backup";
    return !compared && waits && startedAt !== null && at < startedAt ? "unknown" : "here";
  };

  return {
    start: async () => {
      startedAt = await ledger.now();
      startedMs = now();
      await readRecord(startedAt);
      // Pages wait for it.
      const first = withUrgency("page", compare);
      await within(FIRST_COMPARISON_MS, "The comparison with Slack", first).catch((error: unknown) =>
        log.info("trail.not_compared", { error }),
      );
    },
    compare,
    origin: (at) => origin(at, true),
    originOfPage: (at) => origin(at, now() - startedMs < PAGES_WAIT_MS),
    isBehind: () => behind,
  };
}
