import { dueAt } from "../../calendar/deadlines.js";
import { accept, byPerson, bySystem, type Decision, refuse } from "../../decisions/decision.js";
import { roleAsOf } from "../../decisions/principal.js";
import { refusalOf } from "../../decisions/refusals.js";
import { accountsOfPrincipal } from "../../decisions/same-person.js";
import { type AckPlan, needsApproval } from "../../events/catalogue/bypass.js";
import type { TextField } from "../../events/catalogue/define.js";
import type { NewEntry } from "../../events/entries.js";
import { parseDuration } from "../../policy/durations.js";
import type { Path, Policy } from "../../policy/policy.js";
import { cleanText } from "../../text/clean.js";
import type { CommandOf, Declaration } from "../commands.js";
import type { Bypass } from "../state.js";
import { type ReadDeclaration, readDeclaration } from "./read-declaration.js";
import { activation } from "./settlement.js";
import { invokeRefusal } from "./who-may.js";

/**
 * How many drills one person starts within {@link DRILLS_WITHIN_MS}: each asks others to answer, and its alert takes the
 * channel's time. A bypass is never refused because there were many.
 */
export const MOST_DRILLS = 5;
export const DRILLS_WITHIN_MS = 60 * 60_000;

/** Opens the bypass and its review, or reports every problem of the form at once. */
export function declare(policy: Policy, command: CommandOf<"declare">, at: string): Decision {
  const { by, declaration } = command;
  const path = policy.paths[declaration.path];
  if (path === undefined) {
    const problem = {
      field: "path",
      message: "The policy has no such path any more. Start again with /breakglass.",
    } as const;
    return refuse("invalid_declaration", { problems: [problem] });
  }
  const refusal = invokeRefusal(policy, declaration.path, by);
  if (refusal !== null) {
    const { code, ...about } = refusalOf(by, refusal);
    return refuse(code, about);
  }
  const enough = declaration.kind === "drill" ? command.drills.at(-MOST_DRILLS) : undefined;
  if (enough !== undefined) {
    const at = new Date(Date.parse(enough) + DRILLS_WITHIN_MS).toISOString();
    return refuse("drills_enough", { limit: MOST_DRILLS, at });
  }
  const form = readDeclaration(policy, path, declaration);
  if ("problems" in form) return refuse("invalid_declaration", { problems: form.problems });
  const review = bySystem("policy", at, reviewOf(policy, path, at));
  const accounts = accountsOfPrincipal(policy, by);
  return accept(...entriesOf(path, command, form, accounts, review, at));
}

function entriesOf(
  path: Path,
  command: CommandOf<"declare">,
  form: ReadDeclaration,
  accounts: readonly string[],
  review: NewEntry,
  at: string,
): NewEntry[] {
  const { by, declaration, policyHash } = command;
  const { target, durationSeconds } = form;
  const ack = ackPlan(path);
  const declared = byPerson(
    by,
    at,
    {
      type: "bypass.declared",
      kind: declaration.kind,
      path: path.id,
      gates: form.gates,
      target: { kind: target.kind },
      incident: form.incident,
      durationSeconds,
      channel: path.alertChannel,
      policyHash,
      ack,
      accounts,
      again: declaration.again,
      roleAsOf: roleAsOf(by),
    },
    { reason: form.reason, target_typed: form.targetTyped, target_key: target.key },
  );
  return needsApproval(ack)
    ? [declared, review]
    : [declared, review, byPerson(by, at, activation({ durationSeconds }, at, false))];
}

/** The review that a declaration by this path opens. */
export function reviewOf({ officeHours }: Policy, { review: { reviewer, due } }: Path, at: string) {
  return { type: "review.opened", reviewer, dueAt: dueAt(new Date(at), due, officeHours).toISOString() } as const;
}

/** The approval rules that a declaration by this path keeps. */
export function ackPlan(path: Path): AckPlan {
  const { ack } = path;
  return {
    needed: path.requires.secondPersonAck ? ack.needed : 0,
    remindEverySeconds: ack.remindEverySeconds,
    giveUpAfterSeconds: ack.giveUpAfterSeconds,
    aloneAfterSeconds: ack.aloneAfterSeconds,
    roles: path.whoCanAck,
    escalation: [
      ...(path.page === null ? [] : [{ role: path.page, afterSeconds: 0 }]),
      ...ack.escalate.map((step) => ({ role: step.page, afterSeconds: step.afterSeconds })),
    ],
  };
}

/**
 * Whether the form matches the recorded declaration. Someone who submits again because the response was lost may have
 * edited the form in between. A text that was redacted since counts as equal.
 */
export function isSameDeclaration(
  declaration: Declaration,
  state: Bypass,
  texts: Partial<Record<TextField, string | null>>,
): boolean {
  const isSameText = (typed: string, recorded: string | null | undefined): boolean => {
    const cleaned = cleanText(typed);
    return typeof recorded !== "string" || (cleaned.ok && cleaned.text === recorded);
  };
  return (
    declaration.kind === state.kind &&
    declaration.path === state.path &&
    [...new Set(declaration.gates)].sort().join() === [...state.gates].sort().join() &&
    (declaration.incident ?? "").trim() === (state.incident ?? "") &&
    parseDuration(declaration.duration) === state.durationSeconds &&
    isSameText(declaration.target, texts.target_typed) &&
    isSameText(declaration.reason, texts.reason)
  );
}
