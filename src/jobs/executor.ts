import type { Log } from "../usecases/ports/ports.js";
import { type Work, workFields } from "./job-requests.js";

/** The use cases that the jobs wake. Each re-reads the state, and does no harm when it is called twice. */
export interface Perform {
  effect(id: string): Promise<void>;
  tick(n: number): Promise<void>;
  followUp(n: number): Promise<void>;
  sweep(): Promise<void>;
}

/** More than this waiting in the process is dropped: the sweep reads it all from the database anyhow. */
const MAX_WAITING = 1_000;

/** Does the work, whether the queue brought it or not, and knows what is in flight. */
export interface Executor {
  /** Never rejects: what went wrong is logged, and the sweep tries again. */
  run(work: Work): Promise<void>;
  /** In this process and at once, if one of the places is free, and so many others with it; `null` if not. */
  now(work: Work, keepFree?: number): Promise<void> | null;
  /** In this process, as soon as one of the places is free; the same work is not kept waiting twice. */
  soon(work: Work): void;
  /** Drops what waits; what is in flight goes on. */
  close(): void;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
}

/** Performs no more than so many works at once; one that is asked for while it waits is done once. */
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
