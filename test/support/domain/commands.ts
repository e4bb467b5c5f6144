import type { BypassCommand, Declaration } from "../../../src/domain/bypass/commands.js";
import type { Principal } from "../../../src/domain/decisions/principal.js";
import type { ReviewForm } from "../../../src/domain/review/form.js";
import { DANA } from "./people.js";
import { PATH, POLICY_HASH } from "./policies.js";

type Of<T extends BypassCommand["type"]> = Extract<BypassCommand, { type: T }>;

/** What Dana types at 3 a.m.; valid in every field. */
export const DECLARATION: Declaration = {
  kind: "bypass",
  path: PATH,
  gates: ["e2e-suite"],
  target: "acme/payments#4821",
  incident: "INC-7",
  reason: "Checkout is down; the fix is one line.",
  duration: "60m",
  again: null,
};

export function declare(change: Partial<Declaration> = {}, by: Principal = DANA): Of<"declare"> {
  const declaration = { ...DECLARATION, ...change };
  return { type: "declare", by, declaration, drills: [], policyHash: POLICY_HASH };
}

export const approve = (by: Principal): Of<"approve"> => ({
  type: "approve",
  by,
  policyHash: POLICY_HASH,
  requester: "member",
});
export const deny = (by: Principal, reason = "Not now."): Of<"deny"> => ({ type: "deny", by, reason });
export const withdraw = (by: Principal = DANA): Of<"withdraw"> => ({ type: "withdraw", by });
export const close = (by: Principal = DANA): Of<"close"> => ({ type: "close", by });
export const revoke = (by: Principal, reason = "Too long."): Of<"revoke"> => ({ type: "revoke", by, reason });
export const log = (by: Principal, line: string, via: "command" | "thread" = "command"): Of<"log"> => ({
  type: "log",
  by,
  line,
  via,
});
export const endBySystem = (why: Of<"end_by_system">["why"]): Of<"end_by_system"> => ({ type: "end_by_system", why });
export const tick: Of<"tick"> = { type: "tick" };

export function proceedAlone(change: Partial<Omit<Of<"proceed_alone">, "type">> = {}): Of<"proceed_alone"> {
  return { type: "proceed_alone", by: DANA, typed: "BREAK GLASS", lastRejectedAt: null, ...change };
}

export function addressPage(step: number | null, role: string, users: readonly string[]): Of<"address_page"> {
  return { type: "address_page", purpose: step === null ? "ask" : "page", role, step, users, named: [], others: 0 };
}

export function recordPage(change: Partial<Omit<Of<"record_page">, "type">>): Of<"record_page"> {
  return { type: "record_page", step: 0, role: null, user: "U0LEO", via: "slack", failure: null, ...change };
}

/** A review that is valid in every field. */
export const REVIEW: ReviewForm = {
  edition: 0,
  verdict: "justified",
  gatesAtFault: [],
  forcedBy: "real-emergency",
  aftermath: "passed-later",
  lesson: "Check the certificate weekly.",
  actions: [],
};

/** Who holds the role that writes the review. */
export const REVIEWERS: readonly string[] = ["U0LEO", "U0MIRA", "U0NOOR"];

/** Submits the review while Leo, Mira and Noor hold the role that writes it. */
export function submit(
  by: Principal,
  change: Partial<ReviewForm> = {},
  reviewers: readonly string[] | null = REVIEWERS,
): Of<"submit_review"> {
  return { type: "submit_review", by, form: { ...REVIEW, ...change }, reviewers, strangers: [] };
}

export const putOff = (by: Principal, until = "2026-03-16", reason = "Mira is away."): Of<"put_off_review"> => ({
  type: "put_off_review",
  by,
  reviewers: REVIEWERS,
  until,
  reason,
});

export const endAction = (
  by: Principal,
  outcome: "done" | "dropped" = "done",
  action = 1,
  reason = "",
): Of<"end_action"> => ({ type: "end_action", by, reviewers: REVIEWERS, action, outcome, reason });

export const followUp: Of<"follow_up"> = { type: "follow_up" };

export function redact(by: Principal, why = "It names a customer."): Of<"record_redaction"> {
  return { type: "record_redaction", by, seq: 12, field: "reason", why, provenOrigins: [] };
}
