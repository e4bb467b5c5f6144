import type { BypassStatus } from "../bypass/state.js";
import type { Target } from "../bypass/target.js";
import type { ClosedReason } from "./forms.js";

/** What a pipeline asks, after it has been identified. */
export interface AskedCheck {
  readonly gate: string;
  readonly target: Target;
  /** In full, in lower case. */
  readonly commit: string;
  /** Whether the commit is proven, or the policy lets one that is only claimed open a gate (`unproven_commit: open`). */
  readonly mayCommitOpen: boolean;
  /** The repository that asks, as `owner/name` in lower case; `null` where its issuer names none. */
  readonly repositoryName: string | null;
  /** The pull request that the run is for; `null`: for none, or its issuer does not say. */
  readonly pullRequest: number | null;
}

/** A bypass of the gate, as far as a check needs it. */
export interface CheckedGrant {
  readonly n: number;
  readonly kind: "bypass" | "drill";
  readonly status: BypassStatus;
  /** The normalised target; `null` once it was redacted, and then nothing can be compared with it. */
  readonly targetKey: string | null;
  /** When the grant ends, or ended (ISO); `null`: there was none. */
  readonly endsAt: string | null;
}

/** The grant that opens the gate, or why it stays closed, with the bypass that came nearest. */
export type JudgedCheck<G extends CheckedGrant> =
  | { readonly open: true; readonly grant: G }
  | { readonly open: false; readonly reason: ClosedReason; readonly nearest: G | null };

const COMMIT_TARGET = /^github:([^@#]+)@([0-9a-f]{40})$/;
const PULL_REQUEST_TARGET = /^github:([^@#]+)#\d+$/;

/**
 * Judges a check by the bypasses of its gate at the time `now` (ISO, the database's). Only an active grant opens the gate, for
 * the very target that was declared; one for a commit opens it for that commit alone, and words open nothing. Of several
 * grants the one that ends last counts.
 */
export function judgeCheck<G extends CheckedGrant>(
  asked: AskedCheck,
  bypasses: readonly G[],
  now: string,
): JudgedCheck<G> {
  const isOver = ({ status, endsAt }: G) => status !== "active" || endsAt === null || endsAt <= now;
  const byEnd = [...bypasses].sort((a, b) => ((a.endsAt ?? "") < (b.endsAt ?? "") ? 1 : -1));
  const active = byEnd.filter((grant) => !isOver(grant));
  const closed = (reason: ClosedReason, nearest: G | null = null) => ({ open: false, reason, nearest }) as const;

  if (asked.target.kind === "text" || !isOwnTarget(asked)) return closed("other_target");
  const ofTarget = (grant: G) => isTargetOf(asked, grant.targetKey);
  const grants = active.filter((grant) => grant.kind === "bypass" && ofTarget(grant));
  const [grant] = grants.filter(({ targetKey }) => isCommitOf(asked, targetKey));
  if (grant !== undefined && asked.mayCommitOpen) return { open: true, grant };
  const [nearest] = grants;
  if (nearest !== undefined) return closed("other_commit", grant ?? nearest);
  const drill = active.find((one) => one.kind === "drill" && ofTarget(one));
  if (drill !== undefined) return closed("drill", drill);
  const ended = byEnd.find((one) => one.kind === "bypass" && isOver(one) && one.endsAt !== null && ofTarget(one));
  if (ended !== undefined) return closed("expired", ended);
  // Who approved what for others is not told to every pipeline.
  return closed(active.some(({ kind }) => kind === "bypass") ? "other_target" : "no_grant");
}

/** A run asks for its own repository and pull request only, where its issuer says which ones these are. */
function isOwnTarget({ target: { key }, repositoryName, pullRequest }: AskedCheck): boolean {
  const named = repositoryOf(key);
  if (named === null || repositoryName === null) return true;
  return named === repositoryName && (pullRequest === null || !key.includes("#") || key.endsWith(`#${pullRequest}`));
}

/** Whether a grant for `declared` is one for what is asked. A grant for a commit is found by any target of its repository. */
function isTargetOf({ target }: AskedCheck, declared: string | null): boolean {
  if (declared === null) return false;
  return (
    declared === target.key || (COMMIT_TARGET.test(declared) && repositoryOf(declared) === repositoryOf(target.key))
  );
}

/** A grant for a commit opens the gate for no other one. */
function isCommitOf({ target, commit }: AskedCheck, declared: string | null): boolean {
  const [granted, asked] = [declared ?? "", target.key].map((key) => COMMIT_TARGET.exec(key)?.[2] ?? null);
  return (granted === null || granted === commit) && (asked === null || asked === commit);
}

const repositoryOf = (key: string): string | null =>
  COMMIT_TARGET.exec(key)?.[1] ?? PULL_REQUEST_TARGET.exec(key)?.[1] ?? null;
