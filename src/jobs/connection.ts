import type { Log } from "../usecases/ports.js";
import type { Line } from "./line.js";
import { within } from "./within.js";

/** `detail` is for `/readyz` and the log; `up: false` means that wake-ups are done in the process or by the sweep. */
export interface JobsState {
  readonly up: boolean;
  readonly detail: "not_started" | "connecting" | "up" | "down" | "stopped";
  /** Redis may throw keys away when its memory is full; it should run with `maxmemory-policy noeviction`. */
  readonly mayEvict: boolean;
}

export interface ConnectionOptions {
  /** Makes a new line; may reject, and is then called again. */
  readonly open: (hooks: Pick<ConnectionHooks, "onTrouble" | "onMayEvict">) => Promise<Line>;
  readonly log: Log;
  readonly onState: (state: JobsState) => void;
}

interface ConnectionHooks {
  onTrouble(error: unknown): void;
  onMayEvict(policy: string): void;
}

/** Keeps one line open for as long as the process runs. */
export interface Connection {
  start(): void;
  /** The line, if it answered when it was last asked. */
  line(): Line | null;
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

export function createConnection({ open, log, onState }: ConnectionOptions): Connection {
  let current: Line | null = null;
  let detail: JobsState["detail"] = "not_started";
  let mayEvict = false;
  let closed = false;
  let told = "";
  let timer: NodeJS.Timeout | undefined;
  let nowClosing: () => void = () => {};
  const closing = new Promise<void>((resolve) => {
    nowClosing = resolve;
  });

  const state = (): JobsState => ({ up: detail === "up", detail, mayEvict });

  const become = (next: JobsState["detail"]): void => {
    if (detail === next || detail === "stopped") return;
    detail = next;
    if (next === "up") {
      told = "";
      log.info("jobs.up");
    }
    pingLater();
    onState(state());
  };

  const down = (error: unknown): void => {
    if (closed) return;
    if (detail !== "connecting") become("down");
    // Each reason once: a server that is away says the same several times a second.
    const reason = error instanceof Error ? `${error.name} ${"code" in error ? error.code : ""}` : typeof error;
    if (reason === told) return;
    told = reason;
    log.warn("jobs.down", {
      error,
      hint: "Wake-ups are done in this process and by the sweep until the queue is back.",
    });
  };

  const ping = async (): Promise<void> => {
    if (current === null || closed || detail === "connecting") return;
    try {
      await within(PING_DEADLINE_MS, "The queue", current.ping());
      become("up");
    } catch (error) {
      down(error);
    }
  };

  /** Anew at each change of state: one that went down must not wait for the next look at one that is up. */
  const pingLater = (): void => {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void ping().then(pingLater), detail === "up" ? PING_EVERY_MS.up : PING_EVERY_MS.down);
  };

  /** A connection that says it is in trouble may be one of several: the ping decides. */
  const suspect = (error: unknown): void => {
    if (closed) return;
    log.debug("jobs.trouble", { error });
    if (detail === "up") void ping();
    else down(error);
  };

  const hooks: ConnectionHooks = {
    onTrouble: suspect,
    onMayEvict: (policy) => {
      if (!mayEvict)
        log.warn("jobs.may_evict", { policy, hint: "Set Redis to maxmemory-policy noeviction, or jobs get lost." });
      mayEvict = true;
    },
  };

  const pause = async (ms: number): Promise<void> => {
    let waiting: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      waiting = setTimeout(resolve, ms);
    });
    await Promise.race([over, closing]);
    clearTimeout(waiting);
  };

  /** From the opening of a line to the end of its worker, which is the end of ours or a fault. */
  const holdOne = async (): Promise<void> => {
    const line = await open(hooks);
    current = line;
    try {
      if (closed) return;
      await Promise.race([line.ready, closing]);
      if (closed) return;
      become("up");
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
      become("connecting");
      await holdOne().catch(down);
      if (!closed) await pause(REOPEN_MS);
    }
    await current?.destroy();
  };

  let holding: Promise<void> = Promise.resolve();
  return {
    start: () => {
      holding = holdOnAndOn();
    },
    line: () => (detail === "up" ? current : null),
    suspect,
    state,
    drain: async () => {
      await current?.drain();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      nowClosing();
      await current?.destroy();
      await within(REOPEN_MS, "Opening the queue", holding).catch(() => {});
      become("stopped");
    },
  };
}
