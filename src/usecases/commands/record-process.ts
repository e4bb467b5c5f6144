import type { Actor } from "../../domain/events/actor.js";
import type { AppContext } from "../app-context.js";
import { recordSystem } from "../record-system.js";

const BOT: Actor = { kind: "system", part: "bot" };
const POLICY: Actor = { kind: "system", part: "policy" };

/** One running process. */
export interface Instance {
  /** Random, made at start. */
  readonly id: string;
  /** The running release, from package.json. */
  readonly release: string;
}

/** The policy's hash and the text of its file, which is recorded with the change. */
export interface PolicyText {
  readonly hash: string;
  readonly text: string;
}

/**
 * Records the start, and the policy unless it is the last one in the trail. `unprotected` lists why the run-time role
 * could alter the trail; it is empty when the role cannot.
 */
export async function recordStart(
  context: AppContext,
  instance: Instance,
  policy: PolicyText,
  unprotected: readonly string[],
): Promise<void> {
  await recordPolicy(context, policy);
  const { id, release } = instance;
  const started = { type: "bot.started", instance: id, release, policyHash: policy.hash } as const;
  await recordSystem(context, { event: started }, BOT, `started:${id}`);
  if (unprotected.length > 0) {
    await recordSystem(
      context,
      { event: { type: "trail.unprotected", reasons: unprotected } },
      BOT,
      `unprotected:${id}`,
    );
  }
}

/** Records the stop, the last entry of an instance. */
export async function recordStop(context: AppContext, instance: Instance): Promise<void> {
  await recordSystem(context, { event: { type: "bot.stopped", instance: instance.id } }, BOT, `stopped:${instance.id}`);
}

/**
 * Records each change once, however many instances see it: the command id holds the position of the previous policy.
 */
export async function recordPolicy(context: AppContext, policy: PolicyText): Promise<void> {
  const previous = await context.queries.policyOnRecord();
  if (previous?.hash === policy.hash) return;
  const commandId = `policy:${previous?.seq ?? 0}:${policy.hash.slice(0, 24)}`;
  const event = { type: "policy.changed", policyHash: policy.hash, was: previous?.hash ?? null } as const;
  const entry = { event, texts: { policy: policy.text } };
  const recorded = await recordSystem(context, entry, POLICY, commandId);
  if (recorded?.duplicate !== true || (await context.queries.policyOnRecord())?.hash === policy.hash) return;
  // Somebody has recorded another policy under the id, which can be guessed; this one cannot.
  await recordSystem(context, entry, POLICY, `${commandId}~${context.random.hex(12)}`);
}

/** Records a policy file with errors. The last good policy stays in force. */
export async function recordPolicyRejected(
  context: AppContext,
  instance: Instance,
  hash: string,
  errors: number,
): Promise<void> {
  const event = { type: "policy.refused", policyHash: hash, errors } as const;
  await recordSystem(context, { event }, POLICY, `refused:${instance.id}:${hash}`);
}
