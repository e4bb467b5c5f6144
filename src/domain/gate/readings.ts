import type { SickBecause } from "../events/catalogue/gate.js";
import { FORCES, type Force, VERDICTS, type Verdict } from "../events/catalogue/review.js";
import { bypassableGates, type Policy } from "../policy/policy.js";

/** A bypass that became active, as a reading counts it. Drills are not counted. Times are ISO 8601 in UTC. */
export interface Counted {
  readonly n: number;
  readonly gates: readonly string[];
  readonly activatedAt: string;
  /** When the grant was due to end. */
  readonly endsAt: string;
  /** When the grant ended; `null` while it is active. */
  readonly endedAt: string | null;
  readonly verdict: Verdict | null;
  readonly gatesAtFault: readonly string[];
  readonly forcedBy: Force | null;
}

/** How a gate reads, by the thresholds of the policy. */
export type Temperature = "healthy" | "warm" | "sick";

/** One gate's temperature and the counts behind it. It is about the gate, never about a person. */
export interface Reading {
  readonly gate: string;
  readonly temperature: Temperature;
  readonly because: SickBecause | null;
  /** Bypasses in the window. */
  readonly count: number;
  /** Bypasses in the window of equal length before it. */
  readonly before: number;
  /** Bypasses in the window that count for the temperature: those since the gate was last fixed. */
  readonly counting: number;
  readonly forcedBy: Readonly<Record<Force, number>>;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Verdicts that count for the temperature. */
  readonly reviewed: number;
  /** Those of the `reviewed` verdicts that name this gate. */
  readonly atFault: number;
  /** Bypasses in the window without a review so far. */
  readonly unreviewed: number;
  /** How long the bypasses in the window kept the gate open, added up. */
  readonly openSeconds: number;
  /** The evidence: numbers of the bypasses that count for the temperature, oldest first. */
  readonly bypasses: readonly number[];
  /** When its owner last reported it fixed; `null` if never. */
  readonly fixedAt: string | null;
}

/** How many verdicts it takes before they alone can make a gate sick. */
const VERDICTS_NEEDED = 2;

/**
 * The reading of one gate at `now` (ISO 8601). The window covers the `thermometer.window` up to now, its start
 * excluded; a bypass belongs to it by the time it became active. A gate is sick at `sick_at` bypasses, and also when at
 * least two verdicts are in and more than half of them find it at fault.
 */
export function readingOf(
  gate: string,
  counted: readonly Counted[],
  { windowSeconds, warmAt, sickAt }: Policy["thermometer"],
  fixedAt: string | null,
  now: string,
): Reading {
  const windowStart = new Date(Date.parse(now) - windowSeconds * 1000).toISOString();
  const previousStart = new Date(Date.parse(now) - 2 * windowSeconds * 1000).toISOString();
  const ofGate = counted.filter(({ gates, activatedAt }) => gates.includes(gate) && activatedAt <= now);
  const inWindow = ofGate.filter(({ activatedAt }) => activatedAt > windowStart).sort((a, b) => a.n - b.n);
  const counting = inWindow.filter(({ activatedAt }) => fixedAt === null || activatedAt > fixedAt);
  const reviewed = counting.filter(({ verdict }) => verdict !== null);
  const atFault = reviewed.filter(({ gatesAtFault }) => gatesAtFault.includes(gate)).length;
  const because = sickBecause(counting.length, reviewed.length, atFault, sickAt);
  return {
    gate,
    temperature: because !== null ? "sick" : counting.length >= warmAt ? "warm" : "healthy",
    because,
    count: inWindow.length,
    before: ofGate.filter(({ activatedAt }) => activatedAt > previousStart && activatedAt <= windowStart).length,
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
    openSeconds: inWindow.reduce((sum, bypass) => sum + secondsOpen(bypass, now), 0),
    bypasses: counting.map(({ n }) => n),
    fixedAt,
  };
}

/** Why these counts make a gate sick; `null` when they do not. */
export function sickBecause(count: number, reviewed: number, atFault: number, sickAt: number): SickBecause | null {
  if (count >= sickAt) return "count";
  return reviewed >= VERDICTS_NEEDED && atFault * 2 > reviewed ? "verdicts" : null;
}

/**
 * The readings of these gates, sickest first. `fixedAt` says when each gate was last fixed; by default, the gates are
 * those named there and all that may be bypassed.
 */
export function readingsOf(
  policy: Policy,
  counted: readonly Counted[],
  fixedAt: Readonly<Record<string, string | null>>,
  now: string,
  gates: readonly string[] = [...new Set([...bypassableGates(policy), ...Object.keys(fixedAt)])],
): readonly Reading[] {
  return gates.map((gate) => readingOf(gate, counted, policy.thermometer, fixedAt[gate] ?? null, now)).sort(bySickness);
}

const ORDER: readonly Temperature[] = ["sick", "warm", "healthy"];

const bySickness = (a: Reading, b: Reading): number =>
  ORDER.indexOf(a.temperature) - ORDER.indexOf(b.temperature) || b.count - a.count || (a.gate < b.gate ? -1 : 1);

/** The trend against the window before. A difference of one bypass may be chance and counts as steady. */
export function trendOf({ count, before }: Pick<Reading, "count" | "before">): "rising" | "steady" | "falling" {
  if (Math.abs(count - before) <= 1) return "steady";
  return count > before ? "rising" : "falling";
}

/** Bypasses of one gate per calendar month in UTC, oldest first, for the `months` up to that of `now` (ISO 8601). */
export function historyOf(
  gate: string,
  counted: readonly Counted[],
  now: string,
  months = 12,
): readonly { readonly month: string; readonly count: number }[] {
  const end = new Date(now);
  return Array.from({ length: months }, (_, index) => {
    const first = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() - (months - 1 - index), 1));
    const month = first.toISOString().slice(0, 7);
    const count = counted.filter(
      ({ gates, activatedAt }) => gates.includes(gate) && activatedAt.startsWith(month),
    ).length;
    return { month, count };
  });
}

function secondsOpen({ activatedAt, endedAt, endsAt }: Counted, now: string): number {
  const until = endedAt ?? (endsAt < now ? endsAt : now);
  return Math.max(0, Math.round((Date.parse(until) - Date.parse(activatedAt)) / 1000));
}

function tally<const T extends string>(words: readonly T[], values: readonly (T | null)[]): Record<T, number> {
  const counts = Object.fromEntries(words.map((word) => [word, 0])) as Record<T, number>;
  for (const word of values) if (word !== null) counts[word] += 1;
  return counts;
}
