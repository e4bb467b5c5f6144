import type { Log } from "../usecases/ports/ports.js";

/** `detail` is for `/readyz` and the log; `up: false` means that wake-ups are done in the process or by the sweep. */
export interface JobsState {
  readonly up: boolean;
  readonly detail: "not_started" | "connecting" | "up" | "down" | "stopped";
  /** Redis may throw keys away when its memory is full; it should run with `maxmemory-policy noeviction`. */
  readonly mayEvict: boolean;
}

/** How the queue stands, as far as is known; every change is told once. */
export interface QueueHealth {
  state(): JobsState;
  /** Nothing follows on `stopped`. */
  become(next: JobsState["detail"]): void;
  /**
   * It does not answer. That is logged at once, and then once a minute while it lasts: a server that is away says so
   * several times a second, in changing words.
   */
  down(error: unknown): void;
  mayEvict(policy: string): void;
}

const QUIET_MS = 60_000;

/** `onState` is called at each change of `detail`. */
export function createQueueHealth(log: Log, onState: (state: JobsState) => void): QueueHealth {
  let detail: JobsState["detail"] = "not_started";
  let mayEvict = false;
  let quiet: NodeJS.Timeout | undefined;

  const state = (): JobsState => ({ up: detail === "up", detail, mayEvict });

  const become = (next: JobsState["detail"]): void => {
    if (detail === next || detail === "stopped") return;
    detail = next;
    if (next === "up") {
      clearTimeout(quiet);
      quiet = undefined;
      log.info("jobs.up");
    }
    onState(state());
  };

  return {
    state,
    become,
    down: (error) => {
      if (detail !== "connecting") become("down");
      if (detail === "stopped" || quiet !== undefined) return;
      quiet = setTimeout(() => {
        quiet = undefined;
      }, QUIET_MS);
      quiet.unref();
      log.warn("jobs.down", {
        error,
        hint: "Wake-ups are done in this process and by the sweep until the queue is back.",
      });
    },
    mayEvict: (policy) => {
      if (!mayEvict)
        log.warn("jobs.may_evict", { policy, hint: "Set Redis to maxmemory-policy noeviction, or jobs get lost." });
      mayEvict = true;
    },
  };
}
