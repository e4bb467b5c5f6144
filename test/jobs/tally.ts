import type { JobsState } from "../../src/jobs/connection.js";
import type { Perform } from "../../src/jobs/executor.js";
import type { Log } from "../../src/usecases/ports/ports.js";

/** Things that happen, and promises for those that are awaited. */
export function createTally<T>() {
  const seen: T[] = [];
  const waiting = new Set<() => void>();
  return {
    seen,
    add: (thing: T): void => {
      seen.push(thing);
      for (const look of [...waiting]) look();
    },
    /** Resolves once what has been seen is as wished. */
    until: (wished: (seen: readonly T[]) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = () => {
          if (!wished(seen)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

export type Tally<T> = ReturnType<typeof createTally<T>>;

/** What is performed, as `effect 7` and `tick 3` and `sweep`. */
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

export interface QueueConnection {
  readonly level: keyof Log;
  readonly event: string;
  readonly fields: Record<string, unknown>;
}

/** A log whose lines can be awaited. */
export function tallyLog(): { log: Log; lines: Tally<QueueConnection> } {
  const lines = createTally<QueueConnection>();
  const write =
    (level: keyof Log) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      lines.add({ level, event, fields });
  return { log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") }, lines };
}

/** Resolves with the next state that is as wished, counting from the call. */
export const nextState = (states: Tally<JobsState>, detail: JobsState["detail"]): Promise<void> => {
  const from = states.seen.length;
  return states.until((seen) => seen.slice(from).some((state) => state.detail === detail));
};

/** A door that is shut until it is opened. */
export function door(): { passed: Promise<void>; open: () => void } {
  let open: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
