import { within } from "../lib/within.js";
import type { Log } from "../usecases/ports/ports.js";
import type { QueueConnection, QueueConnectionOptions } from "./queue-connection.js";
import { createQueueHealth, type JobsState } from "./queue-health.js";

export type { JobsState } from "./queue-health.js";

export interface ConnectionOptions {
  /** Makes a new line; may reject, and is then called again. */
  readonly open: (hooks: Pick<QueueConnectionOptions, "onTrouble" | "onMayEvict">) => Promise<QueueConnection>;
  readonly log: Log;
  readonly onState: (state: JobsState) => void;
}

/** Keeps one line open for as long as the process runs. */
export interface Connection {
  start(): void;
  /** The line, if it answered when it was last asked. */
  line(): QueueConnection | null;
  /** A call on the line failed: it is looked at now. */
  suspect(error: unknown): void;
  state(): JobsState;
  /** Takes no more jobs; resolves when those in flight have ended, or never. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

const REOPEN_MS = 1_000;
const PING_DEADLINE_MS = 1_000;
const PING_EVERY_MS = { up: 5_000, down: 500 } as const;

/** Keeps a line to the backend of the queues, and opens a new one as often as it breaks. */
export function createConnection({ open, log, onState }: ConnectionOptions): Connection {
  let current: QueueConnection | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let nowClosing: () => void = () => {};
  const closing = new Promise<void>((resolve) => {
    nowClosing = resolve;
  });
  const health = createQueueHealth(log, (state) => {
    pingLater();
    onState(state);
  });
  const is = (detail: JobsState["detail"]): boolean => health.state().detail === detail;

  const down = (error: unknown): void => {
    if (!closed) health.down(error);
  };

  const ping = async (): Promise<void> => {
    if (current === null || closed || is("connecting")) return;
    try {
      await within(PING_DEADLINE_MS, "The queue", current.ping());
      health.become("up");
    } catch (error) {
      down(error);
    }
  };

  /** Anew at each change of state: one that went down must not wait for the next look at one that is up. */
  const pingLater = (): void => {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void ping().then(pingLater), is("up") ? PING_EVERY_MS.up : PING_EVERY_MS.down);
  };

  /** A connection that says it is in trouble may be one of several: the ping decides. */
  const suspect = (error: unknown): void => {
    if (closed) return;
    log.debug("jobs.trouble", { error });
    if (is("up")) void ping();
    else down(error);
  };

  /** From the opening of a line to the end of its worker, which is the end of ours or a fault. */
  const holdOne = async (): Promise<void> => {
    const line = await open({ onTrouble: suspect, onMayEvict: health.mayEvict });
    current = line;
    try {
      if (closed) return;
      await Promise.race([line.ready, closing]);
      if (closed) return;
      health.become("up");
      await Promise.race([line.run(), closing]);
    } finally {
      if (!closed) {
        current = null;
        await line.destroy();
      }
    }
  };

  const holdOnAndOn = async (): Promise<void> => {
    while (!closed) {
      health.become("connecting");
      await holdOne().catch(down);
      if (!closed) await pause(REOPEN_MS, closing);
    }
    await current?.destroy();
  };

  let holding: Promise<void> = Promise.resolve();
  return {
    start: () => {
      holding = holdOnAndOn();
    },
    line: () => (is("up") ? current : null),
    suspect,
    state: health.state,
    drain: async () => {
      await current?.drain();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      nowClosing();
      await current?.destroy();
      await within(REOPEN_MS, "Opening the queue", holding).catch(() => {});
      health.become("stopped");
    },
  };
}

/** Waits for `ms`, or for `until` if that comes first. */
async function pause(ms: number, until: Promise<void>): Promise<void> {
  await within(ms, "The end of the pause", until).catch(() => {});
}
