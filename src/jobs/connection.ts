import { within } from "../lib/deadline.js";
import type { Log } from "../usecases/ports/ports.js";
import type { QueueConnection, QueueConnectionOptions } from "./queue-connection.js";
import { createQueueHealth, type JobsState } from "./queue-health.js";

export type { JobsState } from "./queue-health.js";

export interface ConnectionOptions {
  /** Opens a new queue connection. If it rejects, it is called again. */
  readonly open: (hooks: Pick<QueueConnectionOptions, "onTrouble" | "onEviction">) => Promise<QueueConnection>;
  readonly log: Log;
  readonly onState: (state: JobsState) => void;
}

/** Keeps one queue connection open while the process runs. */
export interface Connection {
  start(): void;
  /** The queue connection, or `null` if the last ping failed or none is open. */
  current(): QueueConnection | null;
  /** Reports that a call failed, so that the connection is pinged now. */
  suspect(error: unknown): void;
  state(): JobsState;
  /** Takes no more jobs. Resolves when those in flight have ended; may never resolve. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

const REOPEN_MS = 1_000;
const PING_DEADLINE_MS = 1_000;
const PING_EVERY_MS = { up: 5_000, down: 500 } as const;

/** Creates the connection to the queue's backend. It reopens whenever it breaks. */
export function createConnection({ open, log, onState }: ConnectionOptions): Connection {
  let current: QueueConnection | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let signalClosing: () => void = () => {};
  const closing = new Promise<void>((resolve) => {
    signalClosing = resolve;
  });
  const health = createQueueHealth(log, (state) => {
    schedulePing();
    onState(state);
  });
  const is = (detail: JobsState["detail"]): boolean => health.state().detail === detail;

  const down = (error: unknown): void => {
    if (!closed) health.down(error);
  };

  const ping = async (): Promise<void> => {
    if (current === null || closed || is("connecting")) return;
    await check(current);
  };

  const check = async (opened: QueueConnection): Promise<void> => {
    try {
      await within(PING_DEADLINE_MS, "The queue", opened.ping());
      health.become("up");
    } catch (error) {
      down(error);
      if (!closed) health.become("down");
    }
  };

  /** Restarts the timer at each change of state: a queue that went down must not wait for the longer interval. */
  const schedulePing = (): void => {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void ping().then(schedulePing), is("up") ? PING_EVERY_MS.up : PING_EVERY_MS.down);
  };

  /** A connection that reports trouble may be one of several, so a ping decides whether the queue is down. */
  const suspect = (error: unknown): void => {
    if (closed) return;
    log.debug("jobs.trouble", { error });
    if (is("up")) void ping();
    else down(error);
  };

  /** Opens a connection and runs its worker until the worker ends, the process closes, or something fails. */
  const runOnce = async (): Promise<void> => {
    const opened = await open({ onTrouble: suspect, onEviction: health.eviction });
    current = opened;
    try {
      if (closed) return;
      await Promise.race([opened.ready, closing]);
      if (closed) return;
      await check(opened);
      await Promise.race([opened.run(), closing]);
    } finally {
      if (!closed) {
        current = null;
        await opened.destroy();
      }
    }
  };

  const keepOpen = async (): Promise<void> => {
    while (!closed) {
      health.become("connecting");
      await runOnce().catch(down);
      if (!closed) await pause(REOPEN_MS, closing);
    }
    await current?.destroy();
  };

  let keepingOpen: Promise<void> = Promise.resolve();
  return {
    start: () => {
      keepingOpen = keepOpen();
    },
    current: () => (is("up") ? current : null),
    suspect,
    state: health.state,
    drain: async () => {
      await current?.drain();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      signalClosing();
      await current?.destroy();
      await within(REOPEN_MS, "Opening the queue", keepingOpen).catch(() => {});
      health.become("stopped");
    },
  };
}

/** Waits for `ms` milliseconds, or until `until` resolves if that comes first. */
async function pause(ms: number, until: Promise<void>): Promise<void> {
  await within(ms, "The end of the pause", until).catch(() => {});
}
