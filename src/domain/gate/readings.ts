import type { SickBecause } from "../events/catalogue/gate.js";
import { FORCES, type Force, VERDICTS, type Verdict } from "../events/catalogue/review.js";
import type { Policy } from "../policy/policy.js";

/** A bypass that became active, as a reading looks at it. Drills are never among them. Times are ISO 8601 in UTC. */
export interface Counted {
  readonly n: number;
  readonly gates: readonly string[];
  readonly activatedAt: string;
  /** When the power was to end, and when it did; `null` while it runs. */
  readonly endsAt: string;
  readonly endedAt: string | null;
  readonly verdict: Verdict | null;
  readonly gatesAtFault: readonly string[];
  readonly forcedBy: Force | null;
}

export type Temperature = "healthy" | "warm" | "sick";

/** One gate's temperature, and what it was read from: about the gate, never about a person. */
export interface Reading {
  readonly gate: string;
  readonly temperature: Temperature;
  readonly because: SickBecause | null;
  /** Bypasses in the window, and in the window before it. */
  readonly count: number;
  readonly before: number;
  /** Those of the window that count for the temperature: the ones after the gate was last fixed. */
  readonly counting: number;
  readonly forcedBy: Readonly<Record<Force, number>>;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Verdicts that count for the temperature, and those of them that name this gate. */
  readonly reviewed: number;
  readonly atFault: number;
  /** In the window, without a review so far. */
  readonly unreviewed: number;
  /** How long the gate stood open in the window, all its bypasses together. */
  readonly openSeconds: number;
  /** The evidence: numbers of the bypasses that count for the temperature, oldest first. */
  readonly bypasses: readonly number[];
  /** When its owner last said that it was fixed; `null`: never. */
  readonly fixedAt: string | null;
}

/** At least so many verdicts before they alone make a gate sick. */
const VERDICTS_NEEDED = 2;

/**
 * The reading of one gate at `now` (ISO). The window reaches back `thermometer.window` from now; a bypass belongs to it from
 * the moment it became active, the very beginning of the window left out. A gate is sick at `sick_at` bypasses, and also
 * when at least two verdicts are in and more than half of them say that it is at fault.
 */
export function readingOf(
  gate: string,
  all: readonly Counted[],
  { windowSeconds, warmAt, sickAt }: Policy["thermometer"],
  fixedAt: string | null,
  now: string,
): Reading {
  const begins = new Date(Date.parse(now) - windowSeconds * 1000).toISOString();
  const beganBefore = new Date(Date.parse(now) - 2 * windowSeconds * 1000).toISOString();
  const own = all.filter(({ gates, activatedAt }) => gates.includes(gate) && activatedAt <= now);
  const inWindow = own.filter(({ activatedAt }) => activatedAt > begins).sort((a, b) => a.n - b.n);
  const counting = inWindow.filter(({ activatedAt }) => fixedAt === null || activatedAt > fixedAt);
  const reviewed = counting.filter(({ verdict }) => verdict !== null);
  const atFault = reviewed.filter(({ gatesAtFault }) => gatesAtFault.includes(gate)).length;
  const because = sickBecause(counting.length, reviewed.length, atFault, sickAt);
  return {
    gate,
    temperature: because !== null ? "sick" : counting.length >= warmAt ? "warm" : "healthy",
    because,
    count: inWindow.length,
    before: own.filter(({ activatedAt }) => activatedAt > beganBefore && activatedAt <= begins).length,
    counting: counting.length,
    forcedBy: tally(
      FORCES,
      inWindow.map(({ forcedBy }) => forcedBy),
    ),
    verdicts: tally(
      VERDICTS,
      inWindow.map(({ verdict }) => verdict),
    ),
    reviewed: reviewed.length,
    atFault,
    unreviewed: inWindow.filter(({ verdict }) => verdict === null).length,
    openSeconds: inWindow.reduce((sum, one) => sum + openFor(one, now), 0),
    bypasses: counting.map(({ n }) => n),
    fixedAt,
  };
}

function sickBecause(count: number, reviewed: number, atFault: number, sickAt: number): SickBecause | null {
  if (count >= sickAt) return "count";
  return reviewed >= VERDICTS_NEEDED && atFault * 2 > reviewed ? "verdicts" : null;
}

/** The readings of every gate that may be bypassed, the sickest first. */
export function readingsOf(
  policy: Policy,
  all: readonly Counted[],
  fixedAt: Readonly<Record<string, string | null>>,
  now: string,
): readonly Reading[] {
  return Object.values(policy.gates)
    .filter(({ neverBypass }) => neverBypass === null)
    .map(({ id }) => readingOf(id, all, policy.thermometer, fixedAt[id] ?? null, now))
    .sort(bySickness);
}

const ORDER: readonly Temperature[] = ["sick", "warm", "healthy"];

const bySickness = (a: Reading, b: Reading): number =>
  ORDER.indexOf(a.temperature) - ORDER.indexOf(b.temperature) || b.count - a.count || (a.gate < b.gate ? -1 : 1);

/** Against the window before: a number of one bypass is chance as often as not, and counts as steady. */
export function trendOf({ count, before }: Pick<Reading, "count" | "before">): "rising" | "steady" | "falling" {
  if (Math.abs(count - before) <= 1) return "steady";
  return count > before ? "rising" : "falling";
}

/** Bypasses of one gate per calendar month in UTC, the oldest of `months` first, the month of `now` (ISO) last. */
export function historyOf(
  gate: string,
  all: readonly Counted[],
  now: string,
  months = 12,
): readonly { readonly month: string; readonly count: number }[] {
  const end = new Date(now);
  return Array.from({ length: months }, (_, index) => {
    const first = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - (months - 1 - index), 1));
    const month = first.toISOString().slice(0, 7);
    const count = all.filter((one) => one.gates.includes(gate) && one.activatedAt.startsWith(month)).length;
    return { month, count };
  });
}

function openFor({ activatedAt, endedAt, endsAt }: Counted, now: string): number {
  const until = endedAt ?? (endsAt < now ? endsAt : now);
  return Math.max(0, Math.round((Date.parse(until) - Date.parse(activatedAt)) / 1000));
}

function tally<const T extends string>(words: readonly T[], found: readonly (T | null)[]): Record<T, number> {
  const counts = Object.fromEntries(words.map((word) => [word, 0])) as Record<T, number>;
  for (const word of found) if (word !== null) counts[word] += 1;
  return counts;
}
