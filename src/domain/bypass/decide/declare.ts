import { dueAt } from "../../calendar/deadlines.js";
import { accept, byPerson, bySystem, type Decision, refuse } from "../../decisions/decision.js";
import { roleAsOf } from "../../decisions/principal.js";
import type { FieldProblem } from "../../decisions/refusals.js";
import { MAX_TEXT } from "../../decisions/texts.js";
import type { AckPlan } from "../../events/catalogue/bypass.js";
import type { TextField } from "../../events/catalogue/define.js";
import type { NewEntry } from "../../events/entries.js";
import { durationChoices, parseDuration } from "../../policy/durations.js";
import { INCIDENT_ID_MAX, matchesIncidentPattern } from "../../policy/patterns.js";
import type { Path, Policy } from "../../policy/policy.js";
import { accountsOf } from "../../policy/roles.js";
import { cleanText } from "../../text/clean.js";
import { findSecret } from "../../text/secrets.js";
import type { CommandOf, Declaration } from "../commands.js";
import type { Bypass } from "../state.js";
import { readTarget, type Target } from "../target.js";
import { invokeRefusal } from "./entitlement.js";
import { activation } from "./settlement.js";

/** Incident ids are structure, not free text: they are hashed into the chain and used in links. */
const INCIDENT = /^[A-Za-z0-9][A-Za-z0-9._:#/-]*$/;

interface Form {
  readonly gates: readonly string[];
  readonly target: Target;
  readonly targetTyped: string;
  readonly incident: string | null;
  readonly reason: string;
  readonly durationSeconds: number;
}

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
  if (refusal !== null) return refuse(refusal);
  const form = readForm(policy, path, declaration);
  if ("problems" in form) return refuse("invalid_declaration", { problems: form.problems });
  const review = {
    type: "review.opened",
    reviewer: path.review.reviewer,
    dueAt: dueAt(new Date(at), path.review.due, policy.officeHours).toISOString(),
  } as const;
  const accounts = accountsOf(policy, by.user);
  return accept(...entriesOf(path, command, form, accounts, bySystem("policy", at, review), at));
}

function entriesOf(
  path: Path,
  command: CommandOf<"declare">,
  form: Form,
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
  return ack.needed === 0
    ? [declared, review, byPerson(by, at, activation({ durationSeconds }, at, false))]
    : [declared, review];
}

function ackPlan(path: Path): AckPlan {
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

function readForm(policy: Policy, path: Path, declaration: Declaration): Form | { problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const gates = [...new Set(declaration.gates)];
  const gatesMessage = gatesProblem(policy, path, gates);
  if (gatesMessage !== null) problems.push({ field: "gates", message: gatesMessage });

  const targetTyped = cleanText(declaration.target);
  const target = targetTyped.ok ? readTarget(targetTyped.text) : targetTyped;
  if (!target.ok) problems.push({ field: "target", message: "message" in target ? target.message : MALFORMED });
  else if (targetTyped.ok && findSecret(targetTyped.text) !== null) problems.push({ field: "target", message: SECRET });

  const incident = (declaration.incident ?? "").trim();
  const incidentMessage = incidentProblem(path, incident);
  if (incidentMessage !== null) problems.push({ field: "incident", message: incidentMessage });

  const reason = cleanText(declaration.reason);
  const reasonMessage = reason.ok ? reasonProblem(reason.text) : MALFORMED;
  if (reasonMessage !== null) problems.push({ field: "reason", message: reasonMessage });

  const durationSeconds = parseDuration(declaration.duration);
  const isOffered = durationChoices(path.expiresAfterSeconds).includes(declaration.duration);
  if (durationSeconds === null || !isOffered)
    problems.push({ field: "duration", message: "Choose one of the durations offered; this path allows no other." });

  if (problems.length > 0 || !target.ok || !targetTyped.ok || !reason.ok || durationSeconds === null)
    return { problems };
  return {
    gates,
    target: target.target,
    targetTyped: targetTyped.text,
    incident: incident === "" ? null : incident,
    reason: reason.text,
    durationSeconds,
  };
}

const MALFORMED =
  "This holds half of a character, which cannot be recorded as typed. Take out the broken sign, often an emoji.";

const SECRET =
  "This looks like a password, key or token. It was not recorded. Take it out, and replace it where it is in use: it has been typed into a chat.";

function gatesProblem(policy: Policy, path: Path, gates: readonly string[]): string | null {
  if (gates.length === 0) return "Choose at least one gate to bypass.";
  const never = gates.find((gate) => policy.gates[gate]?.neverBypass != null);
  if (never !== undefined)
    return `${policy.gates[never]?.title ?? never} may never be bypassed: ${policy.gates[never]?.neverBypass ?? ""}`;
  const isOffered = gates.every((gate) => path.gates.includes(gate));
  return isOffered ? null : "This path does not open that gate. Choose from the gates offered.";
}

function incidentProblem(path: Path, incident: string): string | null {
  if (incident === "")
    return path.requires.incidentId ? "Give the incident's id; open an incident first if there is none." : null;
  if (findSecret(incident) !== null) return SECRET;
  if (incident.length > INCIDENT_ID_MAX || !INCIDENT.test(incident))
    return `An incident id has letters, digits and . _ : # / - only, at most ${INCIDENT_ID_MAX} of them.`;
  if (matchesIncidentPattern(path.incidentPattern, incident)) return null;
  return `This does not look like an incident id of this path (${path.incidentPattern}).`;
}

function reasonProblem(reason: string): string | null {
  if (reason === "")
    return "Say why, in your own words. One sentence will do: what is broken, and what you are about to do.";
  if (reason.length > MAX_TEXT)
    return `Keep the reason to ${MAX_TEXT} characters; more can be added later with /breakglass log.`;
  return findSecret(reason) === null ? null : SECRET;
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
