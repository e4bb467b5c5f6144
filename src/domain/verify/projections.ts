import { fold } from "../bypass/evolve.js";
import { rowOf } from "../bypass/row.js";
import type { Bypass } from "../bypass/state.js";
import type { Entry } from "../events/entries.js";
import { bypassName } from "../events/names.js";
import { readEntry } from "../events/read-entry.js";
import type { Finding } from "./findings.js";
import { brokenPromises, type StoredEffect } from "./promises.js";
import { compareRows, type RowSentences, type StoredRow, wrongColumns } from "./rows.js";
import { brokenWebhooks, type WebhookRecord } from "./webhooks/of-bypass.js";

/**
 * A bypass as stored in the projections, and the entries it must follow from, both read at the same moment. Where a
 * table names an entry by its `seq`, the row here holds the entry's version, or `null` when the entry is not of this
 * bypass.
 */
export interface Projected {
  readonly n: number;
  /** The row of `bypasses`. */
  readonly row: StoredRow | null;
  readonly bodies: readonly string[];
  /** `person account version`, one for each account of each approver, in any order. */
  readonly approvals: readonly string[];
  /** The rows of `actions`, in any order. */
  readonly actions: readonly StoredRow[];
  /** Its rows of the outbox, of the kinds in `COMPARED_KINDS`, in any order. */
  readonly outbox: readonly StoredEffect[];
}

/**
 * Compares the projections of one bypass with the fold of its entries, and its deliveries with what the entries call for.
 * @param restoredAt see {@link brokenPromises}
 * @param webhooks `null`: what was sent to webhooks is not compared
 */
export function compareProjections(
  projected: Projected,
  restoredAt: string | null = null,
  webhooks: WebhookRecord | null = null,
): Finding[] {
  const wrong = (what: string): Finding => ({
    seq: 0,
    kind: "projection",
    message: `${bypassName(projected.n)}: ${what}.`,
  });
  let expected: Expected | null;
  let broken: readonly string[];
  try {
    const entries = projected.bodies.map(readEntry);
    expected = expectedOf(entries);
    broken = [
      ...brokenPromises(entries, projected.outbox, restoredAt),
      ...(webhooks === null ? [] : brokenWebhooks(projected.n, entries, projected.outbox, webhooks)),
    ];
  } catch {
    return [wrong("its entries make no history, so its row cannot be compared")];
  }
  if (expected === null) return [wrong("the tables know it, but it has no entries")];
  if (projected.row === null) return [wrong("it has entries, but no row")];
  const columns = wrongColumns(expected.row, projected.row);
  const findings = columns.map((column) => wrong(`column ${column} is not what the entries say`));
  if ([...expected.approvals].sort().join() !== [...projected.approvals].sort().join())
    findings.push(wrong("the table of approvals is not what the entries say"));
  const actions = expected.actions.map((row) => [row.action, row] as const);
  return [
    ...findings,
    ...compareRows(actions, projected.actions, "action", OF_ACTION).map(wrong),
    ...broken.map((what) => ({ ...wrong(what), kind: "delivery" as const })),
  ];
}

/** What the projections of a bypass must contain. */
export interface Expected {
  /**
   * Every column of `bypasses` except its key and `follow_up_at`, which also depends on the policy in force and cannot
   * be derived from the entries.
   */
  readonly row: object;
  readonly approvals: readonly string[];
  readonly actions: readonly (object & { readonly action: number })[];
}

/** The projections of one bypass, from its entries; `null` without entries. Throws when they cannot be folded. */
export function expectedOf(entries: readonly Entry[]): Expected | null {
  const state = fold(entries);
  if (state === null) return null;
  const row = { ...rowOf(state), declaredSeq: 1 };
  return { row, approvals: approvalsOf(entries), actions: actionsOf(state, entries) };
}

function actionsOf(state: Bypass, entries: readonly Entry[]): Expected["actions"] {
  const endOf = (action: number): string | null =>
    entries.find(({ event }) => event.type === "action.ended" && event.action === action)?.at ?? null;
  return (state.review?.actions ?? []).map(({ action, owner, dueAt, status, version, progress }) => ({
    action,
    seq: version,
    owner,
    dueAt,
    status,
    putOffUntil: progress.putOffUntil,
    endedAt: endOf(action),
  }));
}

const OF_ACTION: RowSentences = {
  missing: (action) => `its action ${action} has no row`,
  surplus: (action) => `the tables know an action ${action}, but no entry does`,
  wrong: (action, column) => `${column} of its action ${action} is not what the entries say`,
};

function approvalsOf(entries: readonly Entry[]): string[] {
  return entries
    .flatMap(({ event, actor, version }) =>
      event.type === "ack.given" && actor.kind === "person"
        ? [...new Set(event.accounts)].map((account) => `${actor.person} ${account} ${version}`)
        : [],
    )
    .sort();
}
