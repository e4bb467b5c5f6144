import type { Log } from "../usecases/ports/ports.js";
import { hintOf } from "../usecases/ports/readyz-words.js";
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
        hint: `${hintOf("queue_needs_direct_connection")} Until then work is done in this process and by the sweep.`,
      });
    },
    current: () => null,
    suspect: () => {},
    state,
    drain: async () => {},
    close: async () => become("stopped"),
  };
}
