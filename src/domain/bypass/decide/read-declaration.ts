import type { FieldProblem } from "../../decisions/refusals.js";
import { checkText, SECRET_TYPED, textProblem } from "../../decisions/texts.js";
import { durationChoices, parseDuration } from "../../policy/durations.js";
import { INCIDENT_ID_MAX, matchesIncidentPattern } from "../../policy/patterns.js";
import type { Path, Policy } from "../../policy/policy.js";
import { findSecret } from "../../text/secrets.js";
import { spellingsOf } from "../../text/spellings.js";
import type { Declaration } from "../commands.js";
import { readTarget, TARGET_MISSING, type Target } from "../target.js";
import { forbiddenGates } from "./entitlement.js";

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

/** Validates the form: returns what to record, or every problem at once. */
export function readDeclaration(
  policy: Policy,
  path: Path,
  declaration: Declaration,
): ReadDeclaration | { readonly problems: readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const gates = [...new Set(declaration.gates)];
  const gatesMessage = gatesProblem(policy, path, gates);
  if (gatesMessage !== null) problems.push({ field: "gates", message: gatesMessage });

  const targetTyped = checkText(declaration.target);
  const target = targetTyped.ok
    ? readTarget(targetTyped.text)
    : { ok: false as const, message: textProblem(targetTyped.code, TARGET_MISSING) };
  if (!target.ok) problems.push({ field: "target", message: target.message });

  const incident = meantIncident(path, declaration.incident ?? "");
  const incidentMessage = incidentProblem(path, incident);
  if (incidentMessage !== null) problems.push({ field: "incident", message: incidentMessage });

  const reason = checkText(declaration.reason);
  if (!reason.ok) problems.push({ field: "reason", message: textProblem(reason.code, REASON_MISSING) });

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

function gatesProblem(policy: Policy, path: Path, gates: readonly string[]): string | null {
  if (gates.length === 0) return "Choose at least one gate to bypass.";
  const [never] = forbiddenGates(policy, gates);
  if (never !== undefined)
    return `${policy.gates[never]?.title ?? never} may never be bypassed: ${policy.gates[never]?.neverBypass ?? ""}`;
  const isOffered = gates.every((gate) => path.gates.includes(gate));
  return isOffered ? null : "This path does not open that gate. Choose from the gates offered.";
}

/**
 * The incident id in the spelling that the path wants, when only case, dashes or what surrounds it differ from it: at three
 * in the morning `inc–219.` means INC-219. Otherwise what was typed, to be refused as it is.
 */
function meantIncident(path: Path, typed: string): string {
  const fits = (id: string): boolean => INCIDENT.test(id) && matchesIncidentPattern(path.incidentPattern, id);
  return typed.length > SPELLING_MAX ? typed.trim() : (spellingsOf(typed).find(fits) ?? typed.trim());
}

function incidentProblem(path: Path, incident: string): string | null {
  if (incident === "")
    return path.requires.incidentId ? "Give the incident's id; open an incident first if there is none." : null;
  if (findSecret(incident) !== null) return SECRET_TYPED;
  if (incident.length > INCIDENT_ID_MAX || !INCIDENT.test(incident))
    return `An incident id has letters, digits and . _ : # / - only, at most ${INCIDENT_ID_MAX} of them.`;
  if (matchesIncidentPattern(path.incidentPattern, incident)) return null;
  return `This does not look like an incident id of this path (${path.incidentPattern}).`;
}
