import type { OfficeHours } from "../../calendar/office-hours.js";
import type { OpenedBody } from "../../events/body.js";
import { shortHead } from "../../events/hash.js";
import { readStored } from "../by-policy/judge.js";
import { createPoliciesOnRecord } from "../by-policy/policies-on-record.js";
import type { StoredEntry } from "../stored.js";

/** What the entries so far say about that which requests name. Hashes are short ones, as buttons carry them. */
export interface RecordSoFar {
  /** The hash of the declaration. */
  identity(n: number): string | null;
  hasAlert(n: number, channel: string, ts: string): boolean;
  /** The action that the entry of that version opened. */
  action(n: number, version: number): { readonly action: number; readonly identity: string } | null;
  /** The hash of the entry that opened the item. */
  gateItem(gate: string, item: number): string | null;
  /** Those by which an act of that time (ISO) may have been decided; empty when no policy on record can be read. */
  officeHours(at: string): readonly OfficeHours[];
}

/** A record that grows. */
export interface GrowingRecord extends RecordSoFar {
  /** Takes every entry in the order of `seq`. */
  entry(stored: StoredEntry, opened: OpenedBody): void;
}

/** Creates an empty record. Keeps every bypass, its alerts and its actions in memory. */
export function createRecordSoFar(): GrowingRecord {
  const identities = new Map<number, string>();
  const alerts = new Set<string>();
  const actions = new Map<string, { action: number; identity: string }>();
  const gateItems = new Map<string, string>();
  const policies = createPoliciesOnRecord();

  return {
    entry: (stored, { n, event, version, at }) => {
      const identity = shortHead(stored.hash);
      if (n !== null && version === 1) identities.set(n, identity);
      if (n !== null && event.type === "alert.posted") alerts.add(`${n} ${event.channel} ${event.ts}`);
      if (event.type === "action.opened") actions.set(`${n} ${version}`, { action: event.action, identity });
      if (event.type === "gate.flagged") gateItems.set(`${event.gate} ${event.item}`, identity);
      if (event.type !== "policy.changed") return;
      const policy = readStored(stored, event.policyHash);
      policies.put({ seq: stored.seq, hash: event.policyHash, policy, at: Date.parse(at) });
    },
    identity: (n) => identities.get(n) ?? null,
    hasAlert: (n, channel, ts) => alerts.has(`${n} ${channel} ${ts}`),
    action: (n, version) => actions.get(`${n} ${version}`) ?? null,
    gateItem: (gate, item) => gateItems.get(`${gate} ${item}`) ?? null,
    officeHours: (at) => policies.inForce(Date.parse(at)).map(({ officeHours }) => officeHours),
  };
}
