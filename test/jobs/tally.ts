import type { JobsState } from "../../src/jobs/connection.js";
import type { Perform } from "../../src/jobs/executor.js";
import type { Log } from "../../src/usecases/ports/ports.js";

/** Collects things that happen, and resolves promises that wait for them. */
export function createTally<T>() {
  const seen: T[] = [];
  const waiting = new Set<() => void>();
  return {
    seen,
    add: (thing: T): void => {
      seen.push(thing);
      for (const look of [...waiting]) look();
    },
    /** Resolves once `condition` holds for what has been seen. */
    until: (condition: (seen: readonly T[]) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition(seen)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

export type Tally<T> = ReturnType<typeof createTally<T>>;

/** Creates use cases that tally their calls as `effect 7`, `tick 3`, `followUp 3` and `sweep`. */
export function performing(tally: Tally<string>, meanwhile: (what: string) => Promise<void> = async () => {}): Perform {
  const done = async (what: string) => {
    tally.add(what);
    await meanwhile(what);
  };
  return {
    effect: (id) => done(`effect ${id}`),
    tick: (n) => done(`tick ${n}`),
    followUp: (n) => done(`followUp ${n}`),
    sweep: () => done("sweep"),
  };
}

export interface LogLine {
  readonly level: keyof Log;
  readonly event: string;
  readonly fields: Record<string, unknown>;
}

/** Creates a log whose lines can be awaited. */
export function tallyLog(): { log: Log; lines: Tally<LogLine> } {
  const lines = createTally<LogLine>();
  const write =
    (level: keyof Log) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      lines.add({ level, event, fields });
  return { log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") }, lines };
}

/** Resolves at the next state with this detail after the call. */
export const nextState = (states: Tally<JobsState>, detail: JobsState["detail"]): Promise<void> => {
  const from = states.seen.length;
  return states.until((seen) => seen.slice(from).some((state) => state.detail === detail));
};

/** Creates a promise that resolves when `open` is called. */
export function createLatch(): { passed: Promise<void>; open: () => void } {
  let open: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
