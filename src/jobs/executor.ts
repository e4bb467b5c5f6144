import type { Log } from "../usecases/ports/ports.js";
import { type Work, workFields } from "./job-requests.js";

/** The use cases that the jobs call. Each reads the state again, so it is safe to call twice. */
export interface Perform {
  effect(id: string): Promise<void>;
  tick(n: number): Promise<void>;
  followUp(n: number): Promise<void>;
  sweep(): Promise<void>;
}

/** Work beyond this is not kept waiting in the process: the sweep finds it in the database. */
const MAX_WAITING = 1_000;

/** Performs work, from the queue or from this process, and tracks what is in flight. */
export interface Executor {
  /** Performs the work. Never rejects: a fault is logged, and the sweep tries again. */
  run(work: Work): Promise<void>;
  /** Performs the work at once if more than `keepFree` places are free. Returns `null` if not. */
  now(work: Work, keepFree?: number): Promise<void> | null;
  /** Performs the work as soon as a place is free. The same work does not wait twice. */
  soon(work: Work): void;
  /** Drops waiting work. Work in flight continues. */
  close(): void;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
}

/** Creates an executor that runs at most `places` pieces of work at once outside of the queue. */
export function createExecutor(perform: Perform, places: number, log: Log): Executor {
  const waiting = new Map<string, Work>();
  const inFlight = new Set<Promise<void>>();
  let busy = 0;
  let closed = false;

  const attempt = async (work: Work): Promise<void> => {
    try {
      await (work.kind === "effect" ? perform.effect(work.id) : perform[work.kind](work.n));
    } catch (error) {
      log.warn("job.failed", { ...workFields(work), error, hint: "The sweep will try again." });
    }
  };

  const run = (work: Work): Promise<void> => {
    const attempted = attempt(work).finally(() => inFlight.delete(attempted));
    inFlight.add(attempted);
    return attempted;
  };

  const occupy = (work: Work): Promise<void> => {
    busy += 1;
    return run(work).finally(() => {
      busy -= 1;
      fill();
    });
  };

  const fill = (): void => {
    for (const [key, work] of waiting) {
      if (closed || busy >= places) return;
      waiting.delete(key);
      void occupy(work);
    }
  };

  return {
    run,
    now: (work, keepFree = 0) => (closed || busy + keepFree >= places ? null : occupy(work)),
    soon: (work) => {
      if (closed || waiting.size >= MAX_WAITING) return;
      waiting.set(work.kind === "effect" ? `effect ${work.id}` : `${work.kind} ${work.n}`, work);
      fill();
    },
    close: () => {
      closed = true;
      waiting.clear();
    },
    idle: async () => {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}
