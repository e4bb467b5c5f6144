import type { Bypass } from "../../bypass/state.js";
import type { OpenedBody } from "../../events/body.js";
import { isBypassEvent, isSystemEvent, type TrailEvent } from "../../events/catalogue/catalogue.js";
import { bypassName } from "../../events/names.js";
import type { GateItem } from "../../gate/gate-item.js";
import { parsePolicy } from "../../policy/parse.js";
import type { Policy } from "../../policy/policy.js";
import type { Found } from "../findings.js";
import type { StoredEntry } from "../stored.js";
import { createUptime } from "./bot-uptime.js";
import { bypassByPolicy } from "./bypass-events.js";
import { judgeDeclaration, type LawfulTerms } from "./declarations.js";
import { createForbiddenGrants, neglectedSteps } from "./neglected.js";
import { createPoliciesOnRecord } from "./policies-on-record.js";
import { createRejections } from "./rejections.js";
import { namesAnother, otherAccounts, type RulesInForce } from "./rules-in-force.js";
import { systemByPolicy } from "./system-events.js";

/** How much of a trail was judged by the policies on record. */
export interface Judged {
  /** Entries that were judged by a policy. */
  readonly entries: number;
  /** How often a policy was put on record. */
  readonly policies: number;
  /** The newest policy on record: its entry, and the SHA-256 of its text. */
  readonly newest: { readonly seq: number; readonly hash: string } | null;
  /** Of those entries: how many rest on a role or an account that only Slack or PagerDuty can tell. */
  readonly onlyOutsideCanTell: number;
  /** Entries that could not be judged, because no policy that can be read was on record. */
  readonly notJudged: number;
}

/** An entry as stored, as far as its judgement needs it. */
export type JudgedEntry = Pick<StoredEntry, "seq" | "texts">;

/** The states that the entries before have led to. */
export interface Before {
  bypass(n: number): Bypass | null;
  /** The newest item of a gate. */
  gate(gate: string): GateItem | null;
  /** Every bypass that is requested or active. */
  open(): Iterable<readonly [number, Bypass]>;
}

/** Takes every entry in the order of `seq`, oldest first, and before it changes the states. */
export interface PolicyJudge {
  entry(stored: JudgedEntry, opened: OpenedBody): void;
  judged(): Judged;
}

/** Reads the policy that an entry puts on record; `null` for one that cannot be read. */
export type ReadPolicy = (stored: JudgedEntry, policyHash: string) => Policy | null;

/** Under the hash of its own text: a policy that lies about it is reported, and nothing is judged by it. */
export const readStored: ReadPolicy = ({ texts }, policyHash) => {
  const text = texts.find(({ field }) => field === "policy")?.text ?? null;
  const parsed = text === null ? null : parsePolicy(text, "policy");
  return parsed?.ok && parsed.hash === policyHash ? parsed.policy : null;
};

/**
 * Judges a trail by the policies on record, not by what its entries say of themselves: each act is decided again by the
 * policy that was in force. Roles are judged as far as ids tell; who is in a user group or on call, only Slack and
 * PagerDuty know, and such acts are counted.
 */
export function createPolicyJudge(found: Found, states: Before, readPolicy: ReadPolicy = readStored): PolicyJudge {
  const record = createPoliciesOnRecord();
  const working = createUptime();
  const forbidden = createForbiddenGrants(working);
  const rejections = createRejections();
  const terms = new Map<number, LawfulTerms>();
  const counts = { entries: 0, onlyOutsideCanTell: 0, notJudged: 0 };

  const lawful = (n: number, state: Bypass): Bypass => {
    const own = terms.get(n);
    return own === undefined ? state : { ...state, ...own };
  };

  /** What is wrong with the entry by the policies; `null` for one about which no policy says anything. */
  const violations = (rules: RulesInForce, opened: OpenedBody): readonly string[] | null => {
    const { n, event, at } = opened;
    if (n === null) return isSystemEvent(event) ? systemByPolicy(rules, opened, event, states.gate) : null;
    const before = states.bypass(n);
    if (event.type === "bypass.declared") {
      if (before !== null) return null;
      const judged = judgeDeclaration(rules, opened, event);
      if (judged.terms !== null) terms.set(n, judged.terms);
      return judged.violations;
    }
    if (before === null || !isBypassEvent(event)) return null;
    const lastRejectedAt = () => rejections.barring(n, before, rules.inForce, at);
    const wrong = bypassByPolicy(rules, opened, event, { before: lawful(n, before), lastRejectedAt });
    const neglected = SETTLES.has(event.type) ? neglectedSteps(before, at, working) : NONE;
    return neglected.length === 0 ? wrong : [...(wrong ?? NONE), ...neglected];
  };

  const judge = (opened: OpenedBody, now: number): readonly string[] => {
    const { event, actor } = opened;
    const named = (hash: string) => record.named(hash, now);
    if (event.type === "policy.changed") return record.follows(event.was, now);
    const inForce = record.inForce(now);
    if (inForce.length === 0) {
      if (actor.kind === "person") counts.notJudged += 1;
      return record.count() === 0 || !("policyHash" in event) ? [] : [named(event.policyHash)].filter(isText);
    }
    let isUntold = false;
    const untold = () => {
      isUntold = true;
    };
    const rules: RulesInForce = { inForce, named, untold };
    const wrong = violations(rules, opened);
    if (wrong !== null) counts.entries += 1;
    if (isUntold) counts.onlyOutsideCanTell += 1;
    const person = personViolations(rules, opened);
    return person.length === 0 ? (wrong ?? NONE) : [...new Set([...(wrong ?? NONE), ...person])];
  };

  /** Follows what later entries are judged by. */
  const follow = (stored: JudgedEntry, { n, event, at }: OpenedBody, now: number): void => {
    if (event.type === "policy.changed") {
      const policy = readPolicy(stored, event.policyHash);
      record.put({ seq: stored.seq, hash: event.policyHash, policy, at: now });
      forbidden.policy(policy, stored.seq, now, states.open());
    }
    if (n === null) return;
    if (event.type === "bypass.declared") {
      rejections.declared(n, stored.texts.find(({ field }) => field === "target_key")?.text ?? null);
      forbidden.declared(n, event.gates, now);
    }
    const before = states.bypass(n);
    if (isRejection(event) && before !== null) rejections.rejected(n, before, at);
    if (!ENDS.has(event.type)) return;
    rejections.ended(n, at);
    forbidden.ended(n);
  };

  return {
    entry: (stored, opened) => {
      const { seq } = stored;
      const { n, event, at } = opened;
      const of = n === null ? "" : ` of ${bypassName(n)}`;
      const wrong = (what: string) => found({ seq, kind: "violation", message: `Entry ${seq}${of} ${what}.` });
      const now = Date.parse(at);
      // The invariants report a time that is none.
      if (Number.isNaN(now)) return;
      working.entry(event.type, now);
      try {
        for (const what of judge(opened, now)) wrong(what);
      } catch {
        wrong("holds values by which no rule can judge it");
      }
      follow(stored, opened, now);
      for (const kept of forbidden.overdue(now, states.bypass)) {
        const since = `entry ${kept.seq} put a policy on record that lets nobody bypass its gate`;
        found({
          seq,
          kind: "violation",
          message: `${bypassName(kept.n)} was still open at entry ${seq}, long after ${since}.`,
        });
      }
    },
    judged: () => ({ ...counts, policies: record.count(), newest: record.newest() }),
  };
}

const NONE: readonly string[] = [];

/** Whether another person says no by that event: see `rejectedAt`. */
const isRejection = (event: TrailEvent): boolean =>
  event.type === "bypass.denied" ||
  event.type === "bypass.rejected_late" ||
  (event.type === "bypass.revoked" && event.why === "person");

/** Events that settle a request. */
const SETTLES: ReadonlySet<TrailEvent["type"]> = new Set<TrailEvent["type"]>([
  "bypass.activated",
  "bypass.denied",
  "bypass.withdrawn",
  "bypass.lapsed",
]);

/** Events after which a bypass is over. */
const ENDS: ReadonlySet<TrailEvent["type"]> = new Set<TrailEvent["type"]>([
  "bypass.denied",
  "bypass.withdrawn",
  "bypass.lapsed",
  "bypass.expired",
  "bypass.closed",
  "bypass.revoked",
]);

/** For a declaration and an approval, this is said together with their accounts. */
function personViolations(rules: RulesInForce, { event, actor }: OpenedBody): readonly string[] {
  if (event.type === "bypass.declared" || !namesAnother(rules, { actor })) return [];
  if (event.type === "ack.given") return [otherAccounts("approver")];
  return ["names another person than the policy on record gives the account"];
}

const isText = (value: unknown): value is string => typeof value === "string";
