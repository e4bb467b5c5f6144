import { createDamped } from "../lib/damped.js";
import type { Log } from "../usecases/ports/ports.js";
import { hintOf, type RedisRefusal } from "../usecases/ports/readyz-words.js";
import { refusalOf } from "./redis-refusals.js";

/** The state of the queue. While `up` is false, wake-ups are done in the process or by the sweep. */
export interface JobsState {
  readonly up: boolean;
  readonly detail: "not_started" | "connecting" | "up" | "down" | "no_queue" | "stopped";
  /** Redis may evict keys when its memory is full; it should run with `maxmemory-policy noeviction`. */
  readonly mayEvict: boolean;
  /** Why a Redis that answers takes no jobs; `null` when it does, or does not answer. */
  readonly refusal: RedisRefusal | null;
}

/** Tracks the state of the queue, and logs and reports each change once. */
export interface QueueHealth {
  state(): JobsState;
  /** Changes the state. `stopped` is final. */
  become(next: JobsState["detail"]): void;
  /**
   * Reports that the queue does not answer. Logged at once, and then once a minute while it lasts, because an
   * unreachable server causes several different errors a second.
   */
  down(error: unknown): void;
  /** Reports the `maxmemory-policy` under which Redis may evict jobs, or `null` if it evicts none. Logs each change. */
  eviction(policy: string | null): void;
}

const MEANWHILE = "Wake-ups are done in this process and by the sweep until the queue is back.";

/** Creates the tracker. `onState` is called at each change of `detail`. */
export function createQueueHealth(log: Log, onState: (state: JobsState) => void): QueueHealth {
  let detail: JobsState["detail"] = "not_started";
  let evicting: string | null = null;
  let refusal: RedisRefusal | null = null;
  const damped = createDamped((event, fields) => log.warn(event, fields));

  const state = (): JobsState => ({ up: detail === "up", detail, mayEvict: evicting !== null, refusal });

  const become = (next: JobsState["detail"]): void => {
    if (detail === next || detail === "stopped") return;
    detail = next;
    if (next === "up" || next === "stopped") damped.forget();
    if (next === "up") {
      refusal = null;
      log.info("jobs.up");
    }
    onState(state());
  };

  return {
    state,
    become,
    down: (error) => {
      refusal = refusalOf(error) ?? refusal;
      if (detail !== "connecting") become("down");
      if (detail === "stopped") return;
      damped.write(refusal ?? "away", "jobs.down", {
        error,
        ...(refusal === null ? {} : { refusal }),
        hint: `${refusal === null ? "" : `${hintOf(refusal)} `}${MEANWHILE}`,
      });
    },
    eviction: (policy) => {
      if (policy === evicting) return;
      evicting = policy;
      if (policy === null) log.info("jobs.evicts_none");
      else log.warn("jobs.may_evict", { policy, hint: hintOf("redis_may_evict") });
    },
  };
}
