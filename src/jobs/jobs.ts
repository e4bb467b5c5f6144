import { within } from "../lib/within.js";
import type { Log, Wake } from "../usecases/ports/ports.js";
import { createConnection, type JobsState } from "./connection.js";
import { createExecutor, type Perform } from "./executor.js";
import { createJobRequests, type JobRequest, LEAST_TICK_DELAY_MS } from "./job-requests.js";
import { openPostgresQueue } from "./postgres-queue.js";
import type { QueueConnectionOptions } from "./queue-connection.js";
import { openRedisQueue } from "./redis-queue.js";
import { createSweep } from "./sweep.js";

export type JobsBackend =
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "postgres"; readonly url: string };

export interface JobsOptions {
  /** On PostgreSQL the role of the URL owns the schema `bullmq` and nothing else. */
  readonly backend: JobsBackend;
  readonly perform: Perform;
  readonly log: Log;
  /** Epoch milliseconds; only differences to the moments of ticks are taken. */
  readonly clock: () => number;
  /** 5,000 if left out. */
  readonly sweepEveryMs?: number;
  /** Jobs at a time from the queue, and again as many in the process without it; 8 if left out. */
  readonly concurrency?: number;
  /** Called at each change. */
  readonly onState?: (state: JobsState) => void;
}

/** Prompt wake-ups over BullMQ, and the sweep that makes up for every one that is lost. */
export interface Jobs {
  readonly wake: Wake;
  /** Returns without waiting for Redis or PostgreSQL; what cannot be reached is tried again. */
  start(): void;
  /** A sweep that begins after this call, for the demo and for tests; rejects when it fails. */
  sweepNow(): Promise<void>;
  /** Takes no new work, waits for what is in flight for at most `deadlineMs`, and closes every connection. */
  stop(deadlineMs: number): Promise<void>;
  state(): JobsState;
}

/** A queue that has not taken a wake-up by then is left aside: nobody at 3 a.m. waits for Redis. */
const ADD_DEADLINE_MS = 500;

/** What a commit asks for first, the alert above all, has the process for itself so long: the rest would only slow it down. */
const HEAD_START_MS = 100;

/** Places that only such a first effect may take: direct messages that Slack lets hang must not hold up the next alert. */
const KEPT_FOR_FIRST = 3;

/** When all work has ended, the queue itself is given no more than this to say goodbye. */
const GOODBYE_MS = 1_000;

/**
 * Never puts into the queue what is not in the database. An effect is done in the process that asks for it as long as
 * there is a place free; the queue spreads the others over the instances. While the queue is away, effects and ticks that are due are
 * done in this process at once, so that only the spreading over instances is lost; later ticks are left to the sweep.
 */
export function createJobs({
  backend,
  perform,
  log,
  clock,
  sweepEveryMs = 5_000,
  concurrency = 8,
  onState,
}: JobsOptions): Jobs {
  const executor = createExecutor(perform, concurrency, log);
  const orders = createJobRequests(clock);
  const sweep = createSweep({ run: () => perform.sweep(), everyMs: sweepEveryMs, log, jitter: spread(clock()) });
  const connection = createConnection({
    open: async (hooks) => {
      const options: QueueConnectionOptions = { ...hooks, perform: executor.run, concurrency, log };
      return backend.kind === "redis"
        ? openRedisQueue(backend.url, options)
        : await openPostgresQueue(backend.url, options);
    },
    log,
    onState: onState ?? (() => {}),
  });
  let taking = false;
  let refusing = false;

  const doHere = (list: readonly JobRequest[]): void => {
    for (const { work, delayMs } of list) if (delayMs <= LEAST_TICK_DELAY_MS) executor.soon(work);
  };

  const offer = async (list: readonly JobRequest[]): Promise<void> => {
    const line = connection.line();
    if (!taking || list.length === 0) return;
    if (line === null) return doHere(list);
    try {
      await within(ADD_DEADLINE_MS, "The queue", line.add(list));
      refusing = false;
    } catch (error) {
      // It may have been taken after all; doing it twice does no harm.
      if (!refusing)
        log.warn("jobs.refused", {
          error,
          hint: "The queue answers but takes no jobs; they are done in this process.",
        });
      refusing = true;
      connection.suspect(error);
      doHere(list);
    }
  };

  /** The way through the queue and back costs more than the work: it is for what there is no place for here. */
  const doOrOffer = (list: readonly JobRequest[]): Promise<void> =>
    offer(taking ? list.filter(({ work }) => executor.now(work, KEPT_FOR_FIRST) === null) : list);

  const begin = async ([first, ...rest]: readonly JobRequest[]): Promise<void> => {
    if (first === undefined) return;
    const done = taking ? executor.now(first.work) : null;
    if (done === null) return doOrOffer([first, ...rest]);
    await within(HEAD_START_MS, "The first effect", done).catch(() => {});
    await doOrOffer(rest);
  };

  return {
    wake: {
      effects: (ids) => void begin(ids.map((id) => orders.effect(id))),
      later: (id, delayMs) => void offer([orders.effect(id, delayMs)]),
      tick: (n, at) => {
        const order = orders.tick(n, at);
        if (order !== null) void offer([order]);
      },
      followUp: (n, at) => {
        const order = orders.tick(n, at, "followUp");
        if (order !== null) void offer([order]);
      },
    },
    start: () => {
      taking = true;
      connection.start();
      sweep.start();
    },
    sweepNow: () => sweep.now(),
    stop: async (deadlineMs) => {
      taking = false;
      executor.close();
      const drained = connection.drain().catch(() => {});
      const ended = Promise.all([sweep.stop(), executor.idle()]).then(() => within(GOODBYE_MS, "The queue", drained));
      await within(deadlineMs, "Work in flight", ended).catch((error: unknown) =>
        log.warn("jobs.cut_short", { error }),
      );
      await connection.close();
    },
    state: connection.state,
  };
}

/** An even spread over [0, 1), different for every process: steps of the golden ratio. */
function spread(seed: number): () => number {
  let step = seed + process.pid;
  return () => {
    step += 1;
    return (step * 0.618_033_988_749_895) % 1;
  };
}
