import type { OpenedBody } from "../events/body.js";
import type { Found } from "./findings.js";

/**
 * How far the time of an entry may lie before that of an earlier entry of another stream: the commit accepts times up
 * to five minutes behind its own clock, and two seconds ahead of it.
 */
const APART_MS = 5 * 60_000 + 2_000;

/**
 * From when on entries that stay behind earlier ones show that the clock itself was set back. A time service steps a clock by
 * seconds; by a minute only when somebody has set it wrong before.
 */
const BEHIND_MS = 60_000;
/**
 * How far the times of entries that stay behind must go on for it, and how many commands they must be of. What a suspended
 * process commits late was decided within moments, so its times do not go on.
 */
const GOES_ON_MS = 30_000;
const LEAST_COMMANDS = 3;

/** Entries that stay behind the newest time before them. */
interface Behind {
  readonly seq: number;
  readonly at: string;
  readonly first: number;
  readonly commands: Set<string>;
}

/** Takes every entry in the order of `seq`. */
export type TimeCheck = (seq: number, entry: Pick<OpenedBody, "at" | "n" | "command">) => void;

/**
 * Checks that times do not step back further than the commit lets them, and that they do not go on behind earlier ones, as
 * after the database's clock was set back. What nobody can tell from times alone is a clock that was set forward and left, or
 * moved while nothing was recorded.
 */
export function createTimeCheck(found: Found): TimeCheck {
  let newest = 0;
  let behind: Behind | null = null;
  /** The newest time of each bypass. Within one, time stands still while the clock is behind it. */
  const ofBypass = new Map<number, number>();

  const steppedBack = (time: number) => {
    // Report each step back of the clock once, not for every entry that follows.
    newest = time;
    behind = null;
  };

  return (seq, { at, n, command }) => {
    const time = Date.parse(at);
    if (Number.isNaN(time)) return;
    const standsStill = n !== null && ofBypass.get(n) === time;
    if (n !== null) ofBypass.set(n, time);
    if (time < newest - APART_MS) {
      const message = `Entry ${seq} says that it is of ${at}, long before entries that were recorded earlier.`;
      found({ seq, kind: "violation", message });
      return steppedBack(time);
    }
    if (standsStill) return;
    if (time >= newest - BEHIND_MS) {
      behind = null;
      newest = Math.max(newest, time);
      return;
    }
    behind ??= { seq, at, first: time, commands: new Set() };
    behind.commands.add(command);
    if (time - behind.first < GOES_ON_MS || behind.commands.size < LEAST_COMMANDS) return;
    const message = `From entry ${behind.seq} on (${behind.at}), times go on long before entries that were recorded earlier: the database's clock was set back by more than a minute.`;
    found({ seq: behind.seq, kind: "violation", message });
    steppedBack(time);
  };
}
