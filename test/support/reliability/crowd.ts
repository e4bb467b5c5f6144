import { type Ending, liveAndEnd, type Pairs } from "./endings.js";
import { type Acknowledged, createLives, type LivesEnvironment } from "./life.js";
import type { Dice } from "./seed.js";

/** Pairs of people who work side by side; each pair lives one bypass after the other until `finish`. */
export interface Crowd {
  readonly acknowledged: readonly Acknowledged[];
  /** Every finished bypass with its planned ending, sorted by number. */
  readonly lived: readonly { readonly n: number; readonly ending: Ending }[];
  /** Reports whether any life has failed. */
  failed(): boolean;
  /** Starts no new bypasses. Resolves when all have ended, or rejects with the first failure. */
  finish(): Promise<void>;
}

const MOSTLY = ["expired", "closed", "expired", "denied", "lapsed", "withdrawn", "closed"] as const;

/** Each wait for the bot takes at most `patienceMs`. */
export function startCrowd(environment: LivesEnvironment, { pairs }: Pairs, { pick }: Dice, patienceMs: number): Crowd {
  const acknowledged: Acknowledged[] = [];
  const lived: { n: number; ending: Ending }[] = [];
  let over = false;
  const failures: unknown[] = [];
  const live = async ({ requester, approver }: Pairs["pairs"][number]): Promise<void> => {
    const lives = createLives(environment, { requester, approver, patienceMs, acknowledged });
    while (!over) lived.push(await liveAndEnd(lives, pick(MOSTLY)));
  };
  const all = pairs.map((pair) => live(pair).catch((fault: unknown) => void failures.push(fault)));
  return {
    acknowledged,
    get lived() {
      return [...lived].sort((one, other) => one.n - other.n);
    },
    failed: () => failures.length > 0,
    finish: async () => {
      over = true;
      await Promise.all(all);
      if (failures.length > 0) throw failures[0];
    },
  };
}
