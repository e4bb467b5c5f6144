import { z } from "zod";
import { DAY_MS } from "../domain/calendar/time.js";

/** Work to do soon. Holds ids only: the use case reads the state again, so the work may arrive twice or too late. */
export type Work =
  | { readonly kind: "effect"; readonly id: string }
  | { readonly kind: "tick"; readonly n: number }
  /** Check whether a review or an action of that bypass needs a reminder. */
  | { readonly kind: "followUp"; readonly n: number };

/** Work as a job for the queue. */
export interface JobRequest {
  readonly work: Work;
  readonly jobId: string;
  /** Milliseconds until it is due. */
  readonly delayMs: number;
}

/** Jobs in the queue are untrusted input: another release may have written them. */
const queued = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("effect"), id: z.string().min(1).max(200) }),
  z.object({ kind: z.literal("tick"), n: z.int().positive() }),
  z.object({ kind: z.literal("followUp"), n: z.int().positive() }),
]);

/** Returns the work of a queued job, or `null` if this release does not know it. */
export function parseWork(data: unknown): Work | null {
  const parsed = queued.safeParse(data);
  return parsed.success ? parsed.data : null;
}

/**
 * The delay of a tick that is already due. If the database's clock is behind this process's, nothing is due yet and the
 * tick is requested again; without a delay that would be a busy loop.
 */
export const LEAST_TICK_DELAY_MS = 50;

/** Later ticks are left to the sweep, so that they do not fill the queue. */
const FURTHEST_TICK_MS = DAY_MS;

/** Creates job requests. Their ids have no colon and are never all digits, as BullMQ requires. */
export function createJobRequests(clock: () => number) {
  let count = 0;
  return {
    /**
     * Requests an effect. Every wake-up gets its own id: BullMQ drops a job whose id is already queued or running, and
     * a wake-up that arrives while the effect is being tried is the one that matters.
     */
    effect(id: string, delayMs = 0): JobRequest {
      count += 1;
      return { work: { kind: "effect", id }, jobId: `effect-${id.replaceAll(":", "_")}-${count}`, delayMs };
    },
    /**
     * Requests a tick. A tick in the future has the same id wherever it is requested, so that instances and commits do
     * not queue several ticks for one time. Returns `null` if it is too far away.
     */
    tick(n: number, at: Date, kind: "tick" | "followUp" = "tick"): JobRequest | null {
      const wait = at.getTime() - clock();
      if (!(wait <= FURTHEST_TICK_MS)) return null;
      count += 1;
      const suffix = wait > LEAST_TICK_DELAY_MS ? "" : `-due-${count}`;
      const jobId = `${kind}-${n}-${at.getTime()}${suffix}`;
      return { work: { kind, n }, jobId, delayMs: Math.max(wait, LEAST_TICK_DELAY_MS) };
    },
  };
}

/** Returns the log fields of a piece of work: ids only. */
export const workFields = (work: Work): Record<string, unknown> =>
  work.kind === "effect" ? { kind: work.kind, id: work.id } : { kind: work.kind, n: work.n };
