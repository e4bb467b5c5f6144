import { bypassName } from "../bypass/number.js";
import { isBypassFact, type OpenedBody } from "./body.js";
import { type Course, courseAfter, type Step } from "./course.js";
import type { Found } from "./findings.js";
import { faultsOf, owedAfter } from "./law.js";

/**
 * By how much the time of an entry may lie before that of an entry recorded earlier in another stream: the commit takes
 * times that are up to five minutes off its own clock, in either direction.
 */
const APART_MS = 10 * 60_000;

/** Takes every entry in the order of `seq`, oldest first. */
export interface LawCheck {
  entry(seq: number, body: OpenedBody): void;
  /** Tells of a decision of which the end is missing. */
  finish(): void;
}

/**
 * Replays the rules over a whole trail, entry by entry in the order of `seq`: was every grant earned by approvals of
 * others or by going alone where that was allowed, does every end fit, is every grant as long as was declared, is every
 * decision there with all its entries, did time run forward? The commit function refuses what breaks these rules; this
 * finds what got past it. Holds a small record per bypass. Cannot tell whether the roles of those who approved entitled
 * them: roles live in Slack.
 */
export function createLawCheck(found: Found): LawCheck {
  const courses = new Map<number, Course>();
  let newest = 0;
  let owed: { readonly seq: number; readonly n: number; readonly type: string } | null = null;

  const unlawful = (seq: number, what: string) => found({ seq, kind: "unlawful", message: what });
  const settleDebt = (n: number | null, type: string | null) => {
    if (owed !== null && (owed.n !== n || owed.type !== type)) {
      unlawful(owed.seq, `Entry ${owed.seq} of ${bypassName(owed.n)} is not followed by its ${owed.type}.`);
    }
    owed = null;
  };

  return {
    entry: (seq, { n, fact, actor, at }) => {
      settleDebt(n, fact.type);
      const time = Date.parse(at);
      if (time < newest - APART_MS) {
        unlawful(seq, `Entry ${seq} says that it is of ${at}, long before entries that were recorded earlier.`);
        // Once for each time that the clock went back, not for all that follows.
        newest = time;
      }
      newest = Math.max(newest, time);
      if (n === null || !isBypassFact(fact)) return;
      const step: Step = { fact, actor, at };
      const course = courses.get(n) ?? null;
      for (const fault of faultsOf(course, step)) unlawful(seq, `Entry ${seq} of ${bypassName(n)} ${fault}.`);
      const after = courseAfter(course, step);
      if (after === null) return;
      courses.set(n, after);
      const type = owedAfter(after, step);
      if (type !== null) owed = { seq, n, type };
    },
    finish: () => settleDebt(null, null),
  };
}
