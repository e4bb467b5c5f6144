/** The longest incident id that a pattern is matched against, in UTF-16 code units. */
export const INCIDENT_ID_MAX = 100;

/** The longest pattern that a policy may hold. */
const PATTERN_MAX = 200;

const REPEAT = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/;
/** The most matching attempts that a pattern may need. */
const MAX_ATTEMPTS = 200_000_000;

/**
 * Why a pattern is not safe to match against user input, or null when it is safe.
 *
 * JavaScript's regular expressions backtrack. Without nested repeats, the number of attempts is at most the product of
 * the choices of each repeat and alternative, so a pattern with a small product cannot hang on any input of
 * `INCIDENT_ID_MAX` characters. Constructs that would break that bound (a repeated group that holds a repeat or
 * alternatives, look-around, back references) are refused.
 */
export function patternFault(pattern: string): string | null {
  if (pattern.length > PATTERN_MAX) return `a pattern of at most ${PATTERN_MAX} characters`;
  try {
    new RegExp(pattern, "u");
  } catch {
    return "a valid regular expression (JavaScript's, with the flag u)";
  }
  return backtrackingFault(pattern);
}

/** Scans a pattern that is known to be valid, so that every bracket and escape is closed. */
function backtrackingFault(pattern: string): string | null {
  const open: { branching: boolean }[] = [{ branching: false }];
  let attempts = 1;
  let closed: { branching: boolean } | null = null;
  for (let index = 0; index < pattern.length; ) {
    const rest = pattern.slice(index);
    const repeat = REPEAT.exec(rest);
    const group = open.at(-1);
    if (repeat) {
      const { times, choices } = readRepeat(repeat);
      if (closed?.branching && times > 1)
        return "a pattern without a repeat around another repeat or around alternatives";
      attempts *= choices;
      if (group && choices > 1) group.branching = true;
      closed = null;
      index += repeat[0].length;
    } else if (rest.startsWith("(")) {
      if (/^\(\?(?!:)/.test(rest)) return "a pattern without look-around, named groups or flags";
      open.push({ branching: false });
      closed = null;
      index += rest.startsWith("(?:") ? 3 : 1;
    } else if (rest.startsWith(")")) {
      closed = open.pop() ?? null;
      const outer = open.at(-1);
      if (outer && closed?.branching) outer.branching = true;
      index += 1;
    } else {
      if (/^\\[1-9k]/.test(rest)) return "a pattern without back references";
      if (rest.startsWith("|")) attempts *= 2;
      if (rest.startsWith("|") && group) group.branching = true;
      closed = null;
      index += atomLength(rest);
    }
  }
  return attempts > MAX_ATTEMPTS ? "a pattern with at most four unbounded repeats" : null;
}

function readRepeat(repeat: RegExpExecArray): { times: number; choices: number } {
  const [text, low, comma, high] = repeat;
  if (text.startsWith("?")) return { times: 1, choices: 2 };
  if (low === undefined) return { times: INCIDENT_ID_MAX, choices: INCIDENT_ID_MAX + 1 };
  const least = Number(low);
  const most = comma === undefined ? least : high === "" || high === undefined ? INCIDENT_ID_MAX : Number(high);
  return { times: most, choices: Math.min(Math.max(most - least, 0), INCIDENT_ID_MAX) + 1 };
}

/** The length of one character, escape or character class at the start of the text. */
function atomLength(rest: string): number {
  const atom = /^(?:\\(?:[pPu]\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|\[(?:\\.|[^\]\\])*\]|[\s\S])/u.exec(rest);
  return atom?.[0].length ?? 1;
}

/**
 * Whether a path accepts an incident id (trimmed). Ids longer than `INCIDENT_ID_MAX` are never accepted.
 * @param pattern the path's `incidentPattern`; null accepts any id that is not empty
 */
export function matchesIncidentPattern(pattern: string | null, incidentId: string): boolean {
  if (incidentId === "" || incidentId.length > INCIDENT_ID_MAX) return false;
  return pattern === null || new RegExp(pattern, "u").test(incidentId);
}

/** What is wrong with an `incident_url`, or null when it is a usable template. */
export function incidentUrlFault(template: string): string | null {
  if (!template.includes("{id}")) return "a URL that holds {id}";
  const filled = template.replaceAll("{id}", "id");
  if (!URL.canParse(filled)) return "a whole URL such as https://incidents.example.com/{id}";
  const url = new URL(filled);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "a URL that starts with https:// or http://";
  if (url.username !== "" || url.password !== "") return "a URL without a user name or password";
  const host = /^[a-z]+:\/\/[^/?#]*/i.exec(template)?.[0] ?? "";
  return host.includes("{") ? "a URL whose host is fixed ({id} stands after the host)" : null;
}

/** The URL of an incident, with its id percent-encoded; null when the path has no `incident_url`. */
export function incidentLink(incidentUrl: string | null, incidentId: string): string | null {
  return incidentUrl === null ? null : incidentUrl.replaceAll("{id}", () => encodeURIComponent(incidentId));
}
