import { RE2JS, RE2JSException } from "re2js";
import { INCIDENT_MAX } from "../events/bounds.js";

/** The longest pattern that a policy may hold. */
const PATTERN_MAX = 200;
/** The most steps of a pattern with its counts written out. A real one has fewer than a hundred; thousands take seconds to compile. */
const STEPS_MAX = 1_000;

/**
 * What is wrong with a pattern, or null when it can be matched. Patterns are in RE2's syntax, and matching takes time in
 * proportion to the id, whatever the pattern.
 */
export function patternFault(pattern: string): string | null {
  if (pattern.length > PATTERN_MAX) return `a pattern of at most ${PATTERN_MAX} characters`;
  if (stepsAtMost(pattern) > STEPS_MAX) return "a pattern with smaller counts: {1,20} instead of {1,1000}";
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (fault) {
    if (fault instanceof RE2JSException) return whatToWrite(pattern, fault.message);
    throw fault;
  }
}

/** An upper bound of the steps in a pattern, told without compiling it: counts after groups may multiply all the others. */
function stepsAtMost(pattern: string): number {
  let [steps, groups] = [pattern.length, 1];
  for (const [, group, least, most] of pattern.matchAll(/(\)?)\{(\d{1,9})(?:,(\d{0,9}))?\}/g)) {
    const count = Math.max(Number(least), Number(most ?? 0), 1);
    if (group === ")") groups *= count;
    else steps += count;
  }
  return steps * groups;
}

/** What the syntax does not have, with what to write in its place. */
function whatToWrite(pattern: string, message: string): string {
  if (/\(\?(?:<?[=!])/.test(pattern)) {
    return "a pattern without look-around ((?=, (?!, (?<=, (?<!): describe what an id may be, such as ^(?:INC|SEV)-[0-9]+$";
  }
  if (/\\[1-9k]|\(\?P=/.test(pattern)) {
    return "a pattern without back references (\\1, \\k): write the part out again where it repeats";
  }
  if (/\\u/.test(pattern)) return "a pattern with the character itself, or \\x{41}, in the place of \\u";
  if (/\\p/i.test(pattern) && message.includes("\\p")) {
    return "a pattern with a short class such as \\p{L}, \\p{Lu}, \\p{N} or \\p{Greek} in the place of a long one";
  }
  return `a regular expression in RE2's syntax (${message.replace("error parsing regexp: ", "")})`;
}

/**
 * Whether a path accepts an incident id (trimmed). Ids longer than `INCIDENT_MAX` are never accepted.
 * @param pattern the path's `incidentPattern`; null accepts any id that is not empty
 */
export function incidentMatcher(pattern: string | null): (incidentId: string) => boolean {
  const compiled = pattern === null ? null : RE2JS.compile(pattern);
  return (id) => id !== "" && id.length <= INCIDENT_MAX && (compiled === null || compiled.test(id));
}

/**
 * What is wrong with an `incident_url`, or null when it is a usable template. Whoever declares chooses the id, so the
 * host stands in the template itself: a parser of URLs would find one in `https:///{id}` too.
 */
export function incidentUrlFault(template: string): string | null {
  if (!template.includes("{id}")) return "a URL that holds {id}";
  if (/[\s\p{Cc}]/u.test(template)) return "a URL without spaces and line breaks";
  const authority = /^https:\/\/([^/?#\\]*)/i.exec(template)?.[1];
  if (authority === undefined) return "a URL that starts with https://, such as https://incidents.example.com/{id}";
  if (authority.includes("@")) return "a URL without a user name or password";
  const isFixed = authority !== "" && !/[{}]/.test(authority) && template[8 + authority.length] !== "\\";
  if (!isFixed) return "a URL whose host is fixed ({id} stands in the path, the query or the fragment)";
  return URL.canParse(template.replaceAll("{id}", "id"))
    ? null
    : "a whole URL such as https://incidents.example.com/{id}";
}

/** The URL of an incident, with its id percent-encoded; null when the path has no `incident_url`. */
export function incidentLink(incidentUrl: string | null, incidentId: string): string | null {
  return incidentUrl === null ? null : incidentUrl.replaceAll("{id}", () => encodeURIComponent(incidentId));
}
