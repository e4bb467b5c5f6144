import type { Actor } from "../../domain/events/actor.js";
import type { AppContext } from "../app-context.js";
import { recordSystem } from "../record-system.js";

const BOT: Actor = { kind: "system", part: "bot" };
const POLICY: Actor = { kind: "system", part: "policy" };

/** One running process. */
export interface Instance {
  /** Random, made at start. */
  readonly id: string;
  /** The release that runs, as in package.json. */
  readonly release: string;
}

/** The policy with the text of its file, which goes on record with the change. */
export interface PolicyText {
  readonly hash: string;
  readonly text: string;
}

/**
 * Puts the start on record, and the policy if the trail does not name it as the last one. `unprotected` says why the
 * run-time role could alter the trail; empty when it cannot.
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

/** The last thing that an instance puts on record. */
export async function recordStop(context: AppContext, instance: Instance): Promise<void> {
  await recordSystem(context, { event: { type: "bot.stopped", instance: instance.id } }, BOT, `stopped:${instance.id}`);
}

/** Once per change, however many instances see it: the id names where the last one stands. */
export async function recordPolicy(context: AppContext, policy: PolicyText): Promise<void> {
  const was = await context.queries.policyOnRecord();
  if (was?.hash === policy.hash) return;
  const commandId = `policy:${was?.seq ?? 0}:${policy.hash.slice(0, 24)}`;
  const event = { type: "policy.changed", policyHash: policy.hash, was: was?.hash ?? null } as const;
  await recordSystem(context, { event, texts: { policy: policy.text } }, POLICY, commandId);
}

/** A file that was not taken over; the last good policy stays in force. */
export async function policyRefused(
  context: AppContext,
  instance: Instance,
  hash: string,
  errors: number,
): Promise<void> {
  const event = { type: "policy.refused", policyHash: hash, errors } as const;
  await recordSystem(context, { event }, POLICY, `refused:${instance.id}:${hash}`);
}
