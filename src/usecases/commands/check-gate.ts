import { readTarget, type Target } from "../../domain/bypass/target.js";
import type { Actor } from "../../domain/events/actor.js";
import { bypassName } from "../../domain/events/names.js";
import { judgeCheck } from "../../domain/gate-checks/judge.js";
import { commandIdOfUse, eventOfUse } from "../../domain/gate-checks/use.js";
import type { GateCheckAnswer, GateCheckRequest } from "../../domain/gate-checks/wire.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import type { ReceiptFacts } from "../../domain/receipts/receipt.js";
import type { AppContext } from "../app-context.js";
import type { AskingPipeline, GrantsOfGate, RecordedGrant } from "../ports/ports.js";
import type { ReceiptSigner } from "../ports/receipts.js";
import { recordSystem } from "../record-system.js";

/** The answer, or what is wrong with the question, as a sentence. */
export type CheckedGate =
  | { readonly ok: true; readonly answer: GateCheckAnswer }
  | { readonly ok: false; readonly message: string };

const CHECKS: Actor = { kind: "system", part: "checks" };

/** How often a check is judged. After its use was recorded it is judged anew: the grant may have ended meanwhile. */
const MAX_ATTEMPTS = 4;

/**
 * Answers whether the run of a pipeline may skip a gate. The first yes of a run for a gate is recorded as a use before it is
 * given; a no records nothing. Anything but a clear yes means that the gate runs as always. Throws `NotRecorded` when the trail
 * cannot be read or written.
 */
export async function checkGate(
  context: AppContext,
  receipts: ReceiptSigner | null,
  pipeline: AskingPipeline,
  request: GateCheckRequest,
): Promise<CheckedGate> {
  const { gate, commit } = request;
  const { policy } = context.policy.current();
  if (!Object.hasOwn(policy.gates, gate))
    return { ok: false, message: `The policy in force has no gate ${gate}. Nothing was recorded; the gate runs.` };
  const target = readTarget(request.target);
  if (!target.ok) return { ok: false, message: `The target cannot be read: ${target.message}` };
  const { commitProven, isContradicted } = proofOf(pipeline, target.target, commit);
  const asked = {
    gate,
    target: target.target,
    commit,
    mayCommitOpen: commitProven || (!isContradicted && pipeline.unprovenCommit === "open"),
    repositoryName: pipeline.repositoryName?.toLowerCase() ?? null,
    pullRequest: pipeline.pullRequest,
  };
  for (let attempt = 1; ; attempt += 1) {
    const { now, trail, grants } = await context.queries.grantsOf({
      gate,
      issuer: pipeline.issuer ?? "",
      run: pipeline.run,
    });
    const judged = judgeCheck(asked, grants, now.toISOString());
    if (!judged.open) return { ok: true, answer: no(judged, trail, now, commitProven) };
    const { grant } = judged;
    // One run builds one commit; what is on record for it must be what it is told.
    if (grant.usedFor !== null && grant.usedFor !== commit)
      return { ok: true, answer: no({ reason: "other_commit", nearest: grant }, trail, now, commitProven) };
    if (grant.usedFor !== null) {
      const facts = factsOf(pipeline, request, asked.target, { grant, trail, commitProven });
      const receipt = await receiptOf(context, receipts, facts, { grant, now });
      return { ok: true, answer: yes(facts, { grant, trail, now, receipt }) };
    }
    await recordUse(context, pipeline, request, { grant, commitProven });
    if (attempt === MAX_ATTEMPTS)
      return { ok: true, answer: no({ reason: "not_recorded", nearest: grant }, trail, now, commitProven) };
  }
}

/**
 * What the token proves of the commit. A push proves what it builds, but not that this belongs to a pull request; where the token
 * names another commit than the question, not even the policy lets it open.
 */
function proofOf({ commit, repositoryName }: AskingPipeline, { kind }: Target, asked: string) {
  const isNamed = commit?.proven === true;
  const isOfPullRequest = kind === "github-pr" && repositoryName !== null;
  return {
    commitProven: isNamed && commit.sha === asked && !isOfPullRequest,
    isContradicted: isNamed && commit.sha !== asked,
  };
}

/** Records the use, unless the grant has ended or the use is on record by now. */
async function recordUse(
  context: AppContext,
  { issuer, repository, run, tokenId }: AskingPipeline,
  { gate, commit }: GateCheckRequest,
  { grant, commitProven }: { readonly grant: RecordedGrant; readonly commitProven: boolean },
): Promise<void> {
  const { hash: policyHash } = context.policy.current();
  const used = { grant: grant.n, gate, run, issuer, repository, tokenId, commit, commitProven, policyHash };
  const event = eventOfUse(used);
  const recorded = await recordSystem(context, { event }, CHECKS, commandIdOfUse(used), noticesOf(event));
  context.wake.effects(recorded?.effects ?? []);
}

/** What the receipt of a yes attests. */
function factsOf(
  { issuer, repository }: AskingPipeline,
  { gate, run, commit }: GateCheckRequest,
  target: Target,
  by: {
    readonly grant: RecordedGrant;
    readonly trail: GrantsOfGate["trail"];
    readonly commitProven: boolean;
  },
): ReceiptFacts {
  const { grant, trail, commitProven } = by;
  return {
    ...{ grant: bypassName(grant.n), issuer, repository, run, gate, target: target.key, commit },
    ...{ commit_proven: commitProven, requester: grant.requester, approved_by: approversOf(grant) },
    policy: grant.policyHash,
    ...trail,
  };
}

/** `null` without a key, and when signing fails: the yes is on record all the same. */
async function receiptOf(
  { log }: AppContext,
  receipts: ReceiptSigner | null,
  facts: ReceiptFacts,
  { grant, now }: { readonly grant: RecordedGrant; readonly now: Date },
): Promise<string | null> {
  try {
    return (await receipts?.sign(facts, { now: now.getTime(), grantEnds: Date.parse(grant.endsAt ?? "") })) ?? null;
  } catch (error) {
    log.error("receipt.failed", { bypass: grant.n, error });
    return null;
  }
}

function yes(
  { grant: name, approved_by, commit_proven }: ReceiptFacts,
  given: {
    readonly grant: RecordedGrant;
    readonly trail: GrantsOfGate["trail"];
    readonly now: Date;
    readonly receipt: string | null;
  },
): GateCheckAnswer {
  const { grant, trail, now, receipt } = given;
  const expires_in_s = secondsLeft(grant, now);
  return { open: true, reason: "active_grant", grant: name, expires_in_s, approved_by, commit_proven, trail, receipt };
}

function no(
  {
    reason,
    nearest,
  }: Pick<Extract<ReturnType<typeof judgeCheck<RecordedGrant>>, { open: false }>, "reason" | "nearest">,
  trail: GrantsOfGate["trail"],
  now: Date,
  commitProven: boolean,
): GateCheckAnswer {
  const isActive = nearest?.status === "active" && nearest.endsAt !== null && nearest.endsAt > now.toISOString();
  return {
    open: false,
    reason,
    grant: nearest === null ? null : bypassName(nearest.n),
    expires_in_s: isActive ? secondsLeft(nearest, now) : null,
    approved_by: nearest === null ? null : approversOf(nearest),
    commit_proven: commitProven,
    trail,
    receipt: null,
  };
}

const approversOf = ({ approvedBy }: RecordedGrant): [string, ...string[]] | "alone" => {
  const [first, ...others] = approvedBy;
  return first === undefined ? "alone" : [first, ...others];
};

const secondsLeft = ({ endsAt }: RecordedGrant, now: Date): number =>
  Math.max(0, Math.floor((Date.parse(endsAt ?? "") - now.getTime()) / 1_000));
