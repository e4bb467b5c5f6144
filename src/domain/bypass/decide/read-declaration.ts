import type { DeclareField, FieldProblem } from "../../decisions/refusals.js";
import { checkText, secretRefusal, type TextRefusal, textProblem } from "../../decisions/texts.js";
import { INCIDENT_MAX } from "../../events/bounds.js";
import { durationChoices, parseDuration } from "../../policy/durations.js";
import { incidentMatcher } from "../../policy/patterns.js";
import type { Path, Policy } from "../../policy/policy.js";
import { spellingsOf } from "../../text/spellings.js";
import type { Declaration } from "../commands.js";
import { isTaken, type ParsedTarget, readTarget, TARGET_MISSING, type Target, targetsInWords } from "../target.js";
import { forbiddenGates } from "./who-may.js";

/** A valid form, ready to be recorded. */
export interface ReadDeclaration {
  readonly gates: readonly string[];
  readonly target: Target;
  readonly targetTyped: string;
  readonly incident: string | null;
  readonly reason: string;
  readonly durationSeconds: number;
}

/** Incident ids are structure, not free text: they are hashed into the chain and used in links. */
const INCIDENT = /^[A-Za-z0-9][A-Za-z0-9._:#/-]*$/;

/** A pasted link is longer than an id; anything beyond is not looked into. */
const SPELLING_MAX = 500;

const REASON_MISSING =
  "Say why, in your own words. One sentence will do: what is broken, and what you are about to do.";

const NEVER_REDACTED = "The incident's id stays on record for good and cannot be redacted.";

type Problem = Omit<FieldProblem, "field">;

/** Validates the form: returns what to record, or every problem at once. */
export function readDeclaration(
  policy: Policy,
  path: Path,
  declaration: Declaration,
): ReadDeclaration | { readonly problems: readonly FieldProblem[] } {
  const gates = [...new Set(declaration.gates)];
  const incident = meantIncident(acceptsIncident(path), declaration.incident ?? "");
  const { duration } = declaration;
  const problems = new Map<DeclareField, Problem>();
  for (const [field, message] of choiceProblems(policy, path, { gates, incident, duration }))
    problems.set(field, { message });
  const isConfirmed = declaration.confirmed?.includes(declaration.incident ?? "") ?? false;
  const secret = secretRefusal(incident, isConfirmed);
  // What merely looks like a secret is asked about once nothing else is wrong with it.
  if (secret !== null && (secret.code === "text_secret" || !problems.has("incident")))
    problems.set("incident", incidentSecretProblem(secret));

  const targetTyped = checkText(declaration.target, declaration);
  const target = targetTyped.ok
    ? targetFor(path, targetTyped.text)
    : { ok: false as const, ...textProblem(targetTyped, TARGET_MISSING) };
  if (!target.ok) {
    const { ok: _, ...problem } = target;
    problems.set("target", problem);
  }

  const reason = checkText(declaration.reason, declaration);
  if (!reason.ok) problems.set("reason", textProblem(reason, REASON_MISSING));

  const durationSeconds = parseDuration(duration);
  if (problems.size > 0 || !target.ok || !targetTyped.ok || !reason.ok || durationSeconds === null)
    return { problems: [...problems].map(([field, problem]) => ({ field, ...problem })).sort(inOrderOfTheForm) };
  return {
    gates,
    target: target.target,
    targetTyped: targetTyped.text,
    incident: incident === "" ? null : incident,
    reason: reason.text,
    durationSeconds,
  };
}

/** An incident id is part of the hashed body, so it alone of what is typed can never be redacted; whoever is asked learns it. */
function incidentSecretProblem(secret: TextRefusal): Problem {
  const problem = textProblem(secret, "");
  return problem.asks === true ? { ...problem, message: `${problem.message} ${NEVER_REDACTED}` } : problem;
}

/** The target as read, where the path takes one of its kind. */
function targetFor({ target: taken }: Path, typed: string): ParsedTarget {
  const read = readTarget(typed);
  if (!read.ok || isTaken(taken, read.target.kind)) return read;
  const as = read.target.kind === "text" ? "plain words" : read.target.key;
  return { ok: false, message: `This path takes ${targetsInWords(taken)}. What you typed reads as ${as}.` };
}

const FORM: readonly DeclareField[] = ["path", "gates", "target", "incident", "reason", "duration"];
const inOrderOfTheForm = (a: FieldProblem, b: FieldProblem) => FORM.indexOf(a.field) - FORM.indexOf(b.field);

/** What the path says about a form, apart from its texts. `incident` is "" where none is given. */
export function choiceProblems(
  policy: Policy,
  path: Path,
  { gates, incident, duration }: { readonly gates: readonly string[]; incident: string; duration: string },
): readonly (readonly [DeclareField, string])[] {
  const isOffered = durationChoices(path.expiresAfterSeconds).includes(duration);
  const problems = {
    gates: gatesProblem(policy, path, gates),
    incident: incidentProblem(path, incident),
    duration: isOffered ? null : "Choose one of the durations offered; this path allows no other.",
  };
  return (["gates", "incident", "duration"] as const).flatMap((field) => {
    const message = problems[field];
    return message === null ? [] : [[field, message] as const];
  });
}

function gatesProblem(policy: Policy, path: Path, gates: readonly string[]): string | null {
  if (gates.length === 0) return "Choose at least one gate to bypass.";
  const [never] = forbiddenGates(policy, gates);
  if (never !== undefined)
    return `${policy.gates[never]?.title ?? never} may never be bypassed: ${policy.gates[never]?.neverBypass ?? ""}`;
  const isOffered = gates.every((gate) => path.gates.includes(gate));
  return isOffered ? null : "This path does not open that gate. Choose from the gates offered.";
}

/** The matchers of paths. A verification asks for every declaration, and a pattern takes far longer to compile than to match. */
const matchers = new WeakMap<Path, (id: string) => boolean>();

function acceptsIncident(path: Path): (id: string) => boolean {
  const accepts = matchers.get(path) ?? incidentMatcher(path.incidentPattern);
  matchers.set(path, accepts);
  return accepts;
}

/**
 * The incident id in the spelling that the path wants, when only case, dashes or what surrounds it differ from it: at three
 * in the morning `inc–219.` means INC-219. Otherwise what was typed, to be refused as it is.
 */
function meantIncident(accepts: (id: string) => boolean, typed: string): string {
  const fits = (id: string): boolean => INCIDENT.test(id) && accepts(id);
  return incidentsMeant(typed).find(fits) ?? typed.trim();
}

/** Everything that a typed incident may be recorded as, whatever the path wants; nothing when none was typed. */
export const incidentsMeant = (typed: string): readonly string[] =>
  typed.length > SPELLING_MAX ? [typed.trim()] : spellingsOf(typed);

function incidentProblem(path: Path, incident: string): string | null {
  if (incident === "")
    return path.requires.incidentId ? "Give the incident's id; open an incident first if there is none." : null;
  if (incident.length > INCIDENT_MAX || !INCIDENT.test(incident))
    return `An incident id has letters, digits and . _ : # / - only, at most ${INCIDENT_MAX} of them.`;
  if (acceptsIncident(path)(incident)) return null;
  return `This does not look like an incident id of this path (${path.incidentPattern}).`;
}
