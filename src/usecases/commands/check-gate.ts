import { readTarget, type Target } from "../../domain/bypass/target.js";
import type { Actor } from "../../domain/events/actor.js";
import { bypassName } from "../../domain/events/names.js";
import { judgeCheck } from "../../domain/gate-checks/judge.js";
import { commandIdOfUse, eventOfUse } from "../../domain/gate-checks/use.js";
import type { GateCheckAnswer, GateCheckRequest } from "../../domain/gate-checks/wire.js";
import { noticesOf } from "../../domain/notices/notices-of.js";
import type { AppContext } from "../app-context.js";
import type { AskingPipeline, GrantsOfGate, RecordedGrant } from "../ports/ports.js";
import type { ReceiptSigner } from "../ports/receipts.js";
import { recordSystem } from "../record-system.js";

/** The answer, or what is wrong with the question, as a sentence. */
export type CheckedGate =
  | { readonly ok: true; readonly answer: GateCheckAnswer }
  | { readonly ok: false; readonly message: string };

const CHECKS: Actor = { kind: "system", part: "checks" };

/** How often a check is judged again when the grant has ended, or another use was recorded, in between. */
const MAX_ATTEMPTS = 3;

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
  if (policy.gates[gate] === undefined)
    return { ok: false, message: `The policy in force has no gate ${gate}. Nothing was recorded; the gate runs.` };
  const target = readTarget(request.target);
  if (!target.ok) return { ok: false, message: `The target cannot be read: ${target.message}` };
  const commitProven = pipeline.commit?.proven === true && pipeline.commit.sha === commit;
  const isContradicted = pipeline.commit?.proven === true && !commitProven;
  const asked = {
    gate,
    target: target.target,
    commit,
    mayCommitOpen: commitProven || (!isContradicted && pipeline.unprovenCommit === "open"),
    repositoryName: pipeline.repositoryName?.toLowerCase() ?? null,
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
    const recorded = grant.used ? trail : await recordUse(context, pipeline, request, { grant, commitProven });
    if (recorded !== null) {
      const yes = { grant, trail: recorded, now, commitProven };
      return { ok: true, answer: await signedYes(receipts, pipeline, request, asked.target, yes) };
    }
    if (attempt === MAX_ATTEMPTS)
      return { ok: true, answer: no({ reason: "not_recorded", nearest: grant }, trail, now, commitProven) };
  }
}

/** Records the use. `null`: the grant has ended, or the use is on record by now. */
async function recordUse(
  context: AppContext,
  { issuer, repository, run, tokenId }: AskingPipeline,
  { gate, commit }: GateCheckRequest,
  { grant, commitProven }: { readonly grant: RecordedGrant; readonly commitProven: boolean },
): Promise<GrantsOfGate["trail"] | null> {
  const { hash: policyHash } = context.policy.current();
  const used = { grant: grant.n, gate, run, issuer, repository, tokenId, commit, commitProven, policyHash };
  const event = eventOfUse(used);
  const recorded = await recordSystem(context, { event }, CHECKS, commandIdOfUse(used), noticesOf(event));
  if (recorded === null) return null;
  context.wake.effects(recorded.effects);
  return { seq: recorded.seq, head: recorded.head };
}

/** What a yes rests on. */
interface Yes {
  readonly grant: RecordedGrant;
  readonly trail: GrantsOfGate["trail"];
  readonly now: Date;
  readonly commitProven: boolean;
}

async function signedYes(
  receipts: ReceiptSigner | null,
  { issuer, repository }: AskingPipeline,
  { gate, run, commit }: GateCheckRequest,
  target: Target,
  { grant, trail, now, commitProven }: Yes,
): Promise<GateCheckAnswer> {
  const approvedBy = approversOf(grant);
  const facts = {
    ...{ grant: bypassName(grant.n), issuer, repository, run, gate, target: target.key, commit },
    ...{ commit_proven: commitProven, requester: grant.requester, approved_by: approvedBy, policy: grant.policyHash },
    ...trail,
  };
  const times = { now: now.getTime(), grantEnds: Date.parse(grant.endsAt ?? "") };
  return {
    open: true,
    reason: "active_grant",
    grant: facts.grant,
    expires_in_s: secondsLeft(grant, now),
    approved_by: approvedBy,
    commit_proven: commitProven,
    trail,
    receipt: receipts === null ? null : await receipts.sign(facts, times),
  };
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
