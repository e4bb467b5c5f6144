import type { Alive, Instances, Log } from "../usecases/ports/ports.js";
import { hintOf } from "../usecases/ports/readyz-words.js";

export interface HeartbeatOptions {
  readonly instances: Instances;
  /** Performs effects that nobody performs. Never throws. */
  readonly takeUp: (ids: readonly string[]) => void;
  readonly log: Log;
  /** Whether no other process can run on this database, so that whatever is held at the start is held by the dead. */
  readonly alone: boolean;
  /**
   * Milliseconds of the clock on the wall, and of one that is never set. The larger difference counts: the one stands
   * still while the machine sleeps, the other can be set back.
   */
  readonly clocks: { readonly wall: () => number; readonly steady: () => number };
  /** Default: 500. */
  readonly everyMs?: number;
  /** How long the others wait for the next beat before they count this process as dead. Default: 2,000. */
  readonly ttlMs?: number;
  /**
   * How long the process trusts its last beat itself. The rest of `ttlMs` is for a call that is under way by then.
   * Default: 1,500.
   */
  readonly trustMs?: number;
}

/** Tells the other processes that this one lives, and takes over what the dead have left. */
export interface Heartbeat extends Alive {
  /** Beats once and then repeatedly. Resolves after the first beat, even if that failed. */
  start(): Promise<void>;
  /** Beats now, to learn at once what has been left. Never rejects. */
  now(): Promise<void>;
  /** Whether beats fail, and for so long that this process no longer counts as alive. */
  missed(): boolean;
  /** Ends. From then on the process does not count as alive, even to itself. Never rejects. */
  stop(): Promise<void>;
}

/** A moment on both clocks. */
interface Moment {
  readonly wall: number;
  readonly steady: number;
}

/**
 * Creates the heartbeat. A beat counts from before it is sent, and only if its answer comes while the one before is
 * still trusted: so a process never trusts itself for longer than the others do.
 */
export function createHeartbeat({
  instances,
  takeUp,
  log,
  alone,
  clocks,
  everyMs = 500,
  ttlMs = 2_000,
  trustMs = 1_500,
}: HeartbeatOptions): Heartbeat {
  let last: Moment | null = null;
  /** Counts the times that the process has begun to count as alive. */
  let life = 0;
  let silent = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let beating: Promise<void> | null = null;

  const moment = (): Moment => ({ wall: clocks.wall(), steady: clocks.steady() });
  const msSince = ({ wall, steady }: Moment): number => Math.max(clocks.wall() - wall, clocks.steady() - steady);
  const isAlive = (): boolean => !stopped && last !== null && msSince(last) <= trustMs;

  const beat = async (): Promise<void> => {
    const sent = moment();
    const before = last;
    try {
      const left = await instances.beat(ttlMs, alone && before === null);
      if (stopped) return;
      const silentMs = before === null ? 0 : msSince(before);
      if (before === null || silentMs > trustMs) life += 1;
      last = sent;
      if (silent || silentMs > trustMs)
        log.info("heartbeat.back", { afterMs: Math.round(silentMs), hint: "What was held may have been taken over." });
      silent = false;
      takeUp(left);
    } catch (error) {
      // Logged once: a repetition with each beat would hide the next fault.
      if (!silent && !isAlive() && !stopped) log.warn("heartbeat.missed", { error, hint: hintOf("heartbeat_missed") });
      silent ||= !isAlive();
    }
  };

  const now = (): Promise<void> => {
    beating ??= (stopped ? Promise.resolve() : beat()).finally(() => {
      beating = null;
    });
    return beating;
  };

  const loop = async (): Promise<void> => {
    await now();
    if (!stopped) timer = setTimeout(() => void loop(), everyMs);
  };

  return {
    watch: () => {
      const begun = life;
      return () => isAlive() && life === begun;
    },
    start: loop,
    now,
    missed: () => silent,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await beating;
      await instances
        .retire()
        .catch((error: unknown) => log.info("heartbeat.unretired", { error, hint: "The others notice in a moment." }));
    },
  };
}
