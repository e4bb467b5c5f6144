import type { Log } from "../usecases/ports/ports.js";
import type { Connection, JobsState } from "./connection.js";

/**
 * Stands in for the queue where there is none: BullMQ waits for LISTEN, which a pooler loses. All work is then done in
 * the process that asks for it, and by the sweep.
 */
export function createNoQueue(log: Log, onState: (state: JobsState) => void): Connection {
  let detail: JobsState["detail"] = "not_started";
  const state = (): JobsState => ({ up: false, detail, mayEvict: false, refusal: null });
  const become = (next: JobsState["detail"]): void => {
    detail = next;
    onState(state());
  };
  return {
    start: () => {
      become("no_queue");
      log.warn("jobs.no_queue", {
        hint: "The database is reached through a pooler, on which BullMQ cannot wait. Set DATABASE_JOBS_URL to PostgreSQL itself, or REDIS_URL. Until then work is done in this process and by the sweep.",
      });
    },
    current: () => null,
    suspect: () => {},
    state,
    drain: async () => {},
    close: async () => become("stopped"),
  };
}
