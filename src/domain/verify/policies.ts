import { ackPlan } from "../bypass/decide/declare.js";
import { forbiddenGates } from "../bypass/decide/entitlement.js";
import type { OpenedBody } from "../events/body.js";
import { canonicalJson, type JsonValue } from "../events/canonical.js";
import type { BypassEvent, TrailEvent } from "../events/catalogue/catalogue.js";
import type { Entry } from "../events/entries.js";
import { parsePolicy } from "../policy/parse.js";
import type { Policy } from "../policy/policy.js";
import { accountsOf, personOf } from "../policy/roles.js";
import type { Found } from "./findings.js";
import type { StoredEntry } from "./stored.js";

type EventOf<T extends TrailEvent["type"]> = Extract<TrailEvent, { type: T }>;

/** Takes every entry in the order of `seq`, oldest first. */
export type PolicyCheck = (stored: StoredEntry, opened: OpenedBody) => void;

/**
 * Judges declarations and approvals by the policy on record that they name, not by what they say themselves: path, gates,
 * duration, approval rules, reviewer, and the accounts of a person. A trail without any policy is not judged: the bot
 * records one at its first start.
 */
export function createPolicyCheck(found: Found): PolicyCheck {
  /** By hash; `null` for one that this release cannot read. */
  const onRecord = new Map<string, Policy | null>();
  /** The newest declaration, whose review is opened by the next entry. */
  let declared: { readonly n: number | null; readonly reviewer: string | null } | null = null;

  const policyOf = (hash: string): Policy | string => {
    const policy = onRecord.get(hash);
    if (policy === undefined) return "names a policy that was not on record";
    return policy ?? "names a policy on record that cannot be read, so that nothing can be judged by it";
  };

  /** What is wrong with the entry, each as the rest of a sentence. */
  const violations = ({ event, actor, n }: OpenedBody): readonly string[] => {
    if (event.type === "review.opened") return reviewerViolations(event, declared?.n === n ? declared.reviewer : null);
    if (event.type === "policy.changed") {
      const isKnown = event.was === null || onRecord.has(event.was);
      return isKnown ? [] : ["follows a policy that was not on record"];
    }
    if (onRecord.size === 0 || (event.type !== "bypass.declared" && event.type !== "ack.given")) return [];
    const policy = policyOf(event.policyHash);
    if (typeof policy === "string") return [policy];
    const accounts = accountViolations(policy, event, actor);
    if (event.type === "ack.given") return accounts;
    declared = { n, reviewer: policy.paths[event.path]?.review.reviewer ?? null };
    return [...declarationViolations(policy, event), ...accounts];
  };

  return (stored, opened) => {
    const { seq, texts } = stored;
    for (const what of violations(opened)) found({ seq, kind: "violation", message: `Entry ${seq} ${what}.` });
    const { event } = opened;
    if (event.type !== "policy.changed") return;
    const text = texts.find(({ field }) => field === "policy")?.text ?? null;
    const parsed = text === null ? null : parsePolicy(text, "policy");
    // Under the hash of its own text: a policy that lies about it is reported, and nothing is judged by it.
    onRecord.set(event.policyHash, parsed?.ok && parsed.hash === event.policyHash ? parsed.policy : null);
  };
}

function declarationViolations(policy: Policy, event: EventOf<"bypass.declared">): readonly string[] {
  const path = policy.paths[event.path];
  if (path === undefined) return ["declares by a path that its policy does not have"];
  const violations: string[] = [];
  const gates = event.gates.filter((gate) => !path.gates.includes(gate));
  if (gates.length + forbiddenGates(policy, event.gates).length > 0)
    violations.push("covers a gate that its path does not open");
  if (event.durationSeconds > path.expiresAfterSeconds) violations.push("declares a longer grant than its path allows");
  if (canonicalJson(plain(event.ack)) !== canonicalJson(plain(ackPlan(path))))
    violations.push("declares other approval rules than its path has");
  if (event.channel !== path.alertChannel) violations.push("declares another channel than its path has");
  if (path.requires.incidentId && event.incident === null)
    violations.push("names no incident, which its path requires");
  return violations;
}

function accountViolations(
  policy: Policy,
  { type, accounts }: EventOf<"bypass.declared" | "ack.given">,
  actor: Entry["actor"],
): readonly string[] {
  if (actor.kind !== "person") return [];
  const listed = accountsOf(policy, actor.user);
  const areListed = [...accounts].sort().join() === [...listed].sort().join();
  if (areListed && actor.person === personOf(policy, actor.user)) return [];
  const who = type === "ack.given" ? "approver" : "requester";
  return [`does not name the person and the accounts that its policy gives the ${who}`];
}

const reviewerViolations = (
  { reviewer }: Extract<BypassEvent, { type: "review.opened" }>,
  expected: string | null,
): readonly string[] =>
  expected === null || reviewer === expected ? [] : ["opens the review for another role than its path has"];

/** The same value as plain JSON, so that its canonical text can be compared. */
const plain = (value: object): JsonValue => JSON.parse(JSON.stringify(value));
