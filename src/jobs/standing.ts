import type { Log } from "../usecases/ports.js";

/** `detail` is for `/readyz` and the log; `up: false` means that wake-ups are done in the process or by the sweep. */
export interface JobsState {
  readonly up: boolean;
  readonly detail: "not_started" | "connecting" | "up" | "down" | "stopped";
  /** Redis may throw keys away when its memory is full; it should run with `maxmemory-policy noeviction`. */
  readonly mayEvict: boolean;
}

/** How the queue stands, as far as is known; every change is told once. */
export interface Standing {
  state(): JobsState;
  /** Nothing follows on `stopped`. */
  become(next: JobsState["detail"]): void;
  /** It does not answer. Each reason is logged once: a server that is away says the same several times a second. */
  down(error: unknown): void;
  mayEvict(policy: string): void;
}

/** `onState` is called at each change of `detail`. */
export function createStanding(log: Log, onState: (state: JobsState) => void): Standing {
  let detail: JobsState["detail"] = "not_started";
  let mayEvict = false;
  let told = "";

  const state = (): JobsState => ({ up: detail === "up", detail, mayEvict });

  const become = (next: JobsState["detail"]): void => {
    if (detail === next || detail === "stopped") return;
    detail = next;
    if (next === "up") {
      told = "";
      log.info("jobs.up");
    }
    onState(state());
  };

  return {
    state,
    become,
    down: (error) => {
      if (detail !== "connecting") become("down");
      const reason = error instanceof Error ? `${error.name} ${"code" in error ? error.code : ""}` : typeof error;
      if (reason === told) return;
      told = reason;
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
