import { type Ending, liveAndEnd, type Pairs } from "./endings.js";
import { type Acknowledged, createLives, type LivesGround } from "./life.js";
import type { Dice } from "./seed.js";

/** People who break glass side by side, each pair one bypass after the other, until it is over. */
export interface Crowd {
  readonly acknowledged: readonly Acknowledged[];
  /** Every bypass that came to its end, and how it was to end; by number. */
  readonly lived: readonly { readonly n: number; readonly ending: Ending }[];
  /** Has somebody's life gone wrong? */
  failed(): boolean;
  /** Nobody begins anew; resolves when all have come to their end, or rejects with what went wrong first. */
  finish(): Promise<void>;
}

const MOSTLY = ["expired", "closed", "expired", "denied", "lapsed", "withdrawn", "closed"] as const;

/** Each wait for the bot takes as long as `patienceMs` at most. */
export function startCrowd(ground: LivesGround, { pairs }: Pairs, { pick }: Dice, patienceMs: number): Crowd {
  const acknowledged: Acknowledged[] = [];
  const lived: { n: number; ending: Ending }[] = [];
  let over = false;
  const failures: unknown[] = [];
  const live = async ({ requester, approver }: Pairs["pairs"][number]): Promise<void> => {
    const lives = createLives(ground, { requester, approver, patienceMs, acknowledged });
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
