import type { Policy } from "../../policy/policy.js";

/**
 * How long after a policy was replaced acts may still follow it. The instances of a deployment get a new file one after
 * the other, within the ten minutes after which a rollout counts as failed, and a role may be read up to fifteen minutes
 * before the act. Any longer, and an instance runs with another policy than the record says.
 */
export const REPLACED_FOR_MS = 15 * 60_000;

/** A policy as an entry put it on record. */
interface Recorded {
  readonly hash: string;
  /** `null` for one that this release cannot read. */
  readonly policy: Policy | null;
  /** When the next policy was put on record (epoch ms); `null` while this is the newest. */
  readonly replacedAt: number | null;
}

/** A change of the policy, as its entry says. */
export interface PolicyChange {
  readonly seq: number;
  readonly hash: string;
  readonly policy: Policy | null;
  readonly at: number;
}

/** The policies that the entries so far have put on record. Times are epoch milliseconds. */
export interface PoliciesOnRecord {
  put(change: PolicyChange): void;
  /** The policies that may have been in force at that time, the newest first; without those that cannot be read. */
  inForce(at: number): readonly Policy[];
  /** The policy that an entry of that time names; otherwise what is wrong with naming it. */
  named(hash: string, at: number): Policy | string;
  /** What is wrong with a change of then that says which policy was before it. */
  follows(was: string | null, at: number): readonly string[];
  /** How many changes there were. */
  count(): number;
  newest(): Pick<PolicyChange, "seq" | "hash"> | null;
}

/** Creates an empty record. */
export function createPoliciesOnRecord(): PoliciesOnRecord {
  const hashes = new Set<string>();
  let changes = 0;
  let begunAt = 0;
  let newest: Pick<PolicyChange, "seq" | "hash"> | null = null;
  /** The newest first; without those that were replaced too long ago to matter. */
  let recent: readonly Recorded[] = [];
  let readable: readonly Policy[] = [];

  const counts = (at: number) => (recorded: Recorded) =>
    recorded.replacedAt === null || at <= recorded.replacedAt + REPLACED_FOR_MS;
  const policiesOf = (recorded: readonly Recorded[]) => recorded.flatMap(({ policy }) => policy ?? []);

  return {
    put: ({ seq, hash, policy, at }) => {
      if (changes === 0) begunAt = at;
      changes += 1;
      newest = { seq, hash };
      hashes.add(hash);
      const before = recent.map((recorded) =>
        recorded.replacedAt === null ? { ...recorded, replacedAt: at } : recorded,
      );
      recent = [{ hash, policy, replacedAt: null }, ...before.filter(counts(at - REPLACED_FOR_MS))];
      readable = policiesOf(recent);
    },
    inForce: (at) => (recent.length < 2 ? readable : policiesOf(recent.filter(counts(at)))),
    named: (hash, at) => {
      const recorded = recent.filter(counts(at)).find((one) => one.hash === hash);
      if (recorded?.policy) return recorded.policy;
      if (recorded !== undefined)
        return "names a policy on record that cannot be read, so that nothing can be judged by it";
      return hashes.has(hash)
        ? "names a policy that had been replaced long before"
        : "names a policy that was not on record";
    },
    follows: (was, at) => {
      // Two instances may record their policies at once, both after the one before.
      if (was === null)
        return changes === 0 || at <= begunAt + REPLACED_FOR_MS ? [] : ["says that no policy was on record before it"];
      if (!hashes.has(was)) return ["follows a policy that was not on record"];
      const isRecent = recent.filter(counts(at)).some(({ hash }) => hash === was);
      return isRecent ? [] : ["follows a policy that had been replaced long before"];
    },
    count: () => changes,
    newest: () => newest,
  };
}
