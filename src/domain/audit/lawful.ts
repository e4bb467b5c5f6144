import { bypassName } from "../bypass/number.js";
import { isBypassFact, type OpenedBody } from "./body.js";
import type { Found } from "./findings.js";
import { type Course, courseAfter, faultsOf, type Step } from "./law.js";

/**
 * By how much the time of an entry may lie before that of an entry recorded earlier in another stream: the commit takes
 * times that are up to five minutes off its own clock, in either direction.
 */
const APART_MS = 10 * 60_000;

/**
 * Replays the rules over a whole trail, entry by entry in the order of `seq`: was every grant earned by approvals of
 * others or by going alone where that was allowed, does every end fit, is every grant as long as was declared, did time
 * run forward? The commit function refuses what breaks these rules; this finds what got past it. Holds a small record
 * per bypass. Cannot tell whether the roles of those who approved entitled them: roles live in Slack.
 */
export function createLawCheck(found: Found): (seq: number, body: OpenedBody) => void {
  const courses = new Map<number, Course>();
  let newest = 0;

  return (seq, { n, fact, actor, at }) => {
    const unlawful = (what: string) => found({ seq, kind: "unlawful", message: what });
    const time = Date.parse(at);
    if (time < newest - APART_MS) {
      unlawful(`Entry ${seq} says that it is of ${at}, long before entries that were recorded earlier.`);
      // Once for each time that the clock went back, not for all that follows.
      newest = time;
    }
    newest = Math.max(newest, time);
    if (n === null || !isBypassFact(fact)) return;
    const step: Step = { fact, actor, at };
    const course = courses.get(n) ?? null;
    for (const fault of faultsOf(course, step)) unlawful(`Entry ${seq} of ${bypassName(n)} ${fault}.`);
    const after = courseAfter(course, step);
    if (after !== null) courses.set(n, after);
  };
}
