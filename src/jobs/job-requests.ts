import { z } from "zod";
import { DAY_MS } from "../domain/calendar/time.js";

/** Something to be done soon. Ids only: whoever does it reads the state again, so that it may come twice or too late. */
export type Work =
  | { readonly kind: "effect"; readonly id: string }
  | { readonly kind: "tick"; readonly n: number }
  /** Look whether a review or an action of that bypass is to be followUp. */
  | { readonly kind: "followUp"; readonly n: number };

/** Work as it is put into the queue. */
export interface JobRequest {
  readonly work: Work;
  readonly jobId: string;
  /** Milliseconds until it is due. */
  readonly delayMs: number;
}

/** What stands in the queue is from outside: another release may have written it. */
const queued = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("effect"), id: z.string().min(1).max(200) }),
  z.object({ kind: z.literal("tick"), n: z.int().positive() }),
  z.object({ kind: z.literal("followUp"), n: z.int().positive() }),
]);

/** The work of a queued job, or `null` when it is not one that this release knows. */
export function parseWork(data: unknown): Work | null {
  const parsed = queued.safeParse(data);
  return parsed.success ? parsed.data : null;
}

/**
 * A tick that is asked for when it is already due waits this long. The database's clock may be behind this process's,
 * so that nothing was due yet and the tick is asked for again: without a pause that would be a busy loop.
 */
export const LEAST_TICK_DELAY_MS = 50;

/** Ticks further away than this are left to the sweep: they would only lie in the queue. */
const FURTHEST_TICK_MS = DAY_MS;

/** Makes orders with job ids as BullMQ wants them: without a colon and never all digits. */
export function createJobRequests(clock: () => number) {
  let count = 0;
  return {
    /**
     * Every wake-up gets an id of its own: an id that is in the queue, or in work, swallows a second job of that id,
     * and the wake-up that comes while the effect is being tried is the one that matters.
     */
    effect(id: string, delayMs = 0): JobRequest {
      count += 1;
      return { work: { kind: "effect", id }, jobId: `effect-${id.replaceAll(":", "_")}-${count}`, delayMs };
    },
    /**
     * A tick in the future has the same id wherever it is asked for, so that instances and commits do not pile up
     * ticks for one moment. `null`: too far away.
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

/** For logs: ids only. */
export const workFields = (work: Work): Record<string, unknown> =>
  work.kind === "effect" ? { kind: work.kind, id: work.id } : { kind: work.kind, n: work.n };
