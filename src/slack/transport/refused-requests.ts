import { createDamped } from "../../lib/damped.js";
import type { Log } from "../../usecases/ports/ports.js";

/** Requests that did not come from Slack or cannot be read. Anyone who reaches the port can send any number of them. */
export interface RefusedRequests {
  /** Counts one and tells of it. `why` is a word of a closed list; `status` the HTTP status it got, if any. */
  tell(why: string, status?: number): void;
  /** Tells of what was only counted so far. */
  flush(): void;
}

/** Logs the first of each kind at once, and the rest as one line a minute with their `count`. */
export function createRefusedRequests(log: Log, count: (why: string) => void): RefusedRequests {
  const damped = createDamped((event, fields) => log.warn(event, fields));
  return {
    tell: (why, status) => {
      count(why);
      damped.write(why, "slack.request_refused", status === undefined ? { why } : { status, why });
    },
    flush: damped.flush,
  };
}
