import type { Entry } from "../bypass/entries.js";
import { fold } from "../bypass/evolve.js";
import { bypassName } from "../bypass/number.js";
import { rowOf } from "../bypass/row.js";
import type { Finding } from "./findings.js";
import { readEntry } from "./read-entry.js";

/** A bypass as the projections have it, beside the entries it must follow from, both of one moment. */
export interface Projected {
  readonly n: number;
  /** The row of `bypasses`, by column. */
  readonly row: Readonly<Record<string, unknown>> | null;
  readonly bodies: readonly string[];
  /** `person account`, one for each account of everybody who approved, in any order. */
  readonly approvals: readonly string[];
  /** `action owner status`, one for each of its actions, in any order. */
  readonly actions: readonly string[];
}

/** Compares the projections of one bypass with the fold of its entries. */
export function compareProjections(projected: Projected): Finding[] {
  const wrong = (what: string): Finding => ({
    seq: 0,
    kind: "projection",
    message: `${bypassName(projected.n)}: ${what}.`,
  });
  let entries: readonly Entry[];
  let row: object;
  let actions: readonly string[];
  try {
    entries = projected.bodies.map(readEntry);
    const state = fold(entries);
    if (state === null) return [wrong("the tables know it, but it has no entries")];
    row = rowOf(state);
    actions = (state.review?.actions ?? []).map(({ action, owner, status }) => `${action} ${owner} ${status}`);
  } catch {
    return [wrong("its entries make no history, so its row cannot be compared")];
  }
  if (projected.row === null) return [wrong("it has entries, but no row")];
  const stored = projected.row;
  const columns = Object.entries(row).filter(([name, value]) => !same(value, stored[snakeCase(name)]));
  const findings = columns.map(([name]) => wrong(`column ${snakeCase(name)} is not what the entries say`));
  if (!same(approvalsOf(entries), [...projected.approvals].sort()))
    findings.push(wrong("the table of approvals is not what the entries say"));
  if (!same([...actions].sort(), [...projected.actions].sort()))
    findings.push(wrong("the table of actions is not what the entries say"));
  return findings;
}

function approvalsOf(entries: readonly Entry[]): string[] {
  return entries
    .flatMap(({ fact, actor }) =>
      fact.type === "ack.given" && actor.kind === "person"
        ? [...new Set(fact.accounts)].map((account) => `${actor.person} ${account}`)
        : [],
    )
    .sort();
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Times are compared as moments: the database writes them with another number of digits and its own zone. */
function same(expected: unknown, stored: unknown): boolean {
  if (Array.isArray(expected)) return JSON.stringify(expected) === JSON.stringify(stored);
  if (typeof expected === "string" && typeof stored === "string" && /^\d{4}-\d\d-\d\dT/.test(expected)) {
    return Date.parse(expected) === Date.parse(stored);
  }
  return expected === stored;
}
