import { NotRecorded } from "../../lib/errors.js";
import { StatementRefused } from "../connection/database.js";
import { classifyFault, pauseAfter } from "../connection/with-retry.js";

/** How jobs are sent. */
export interface BatcherOptions<Job, Result> {
  /** Runs one statement for all jobs. Returns one result per job, in order. Must be idempotent. */
  readonly send: (jobs: readonly Job[]) => Promise<readonly Result[]>;
  /** The most jobs in one statement. */
  readonly max: number;
  /** From the call to its answer, in milliseconds. */
  readonly deadlineMs: number;
}

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly answer: (result: Answered<Result>) => void;
  /** Rejects the call. */
  readonly fail: (cause: unknown) => void;
  /** True while a try is under way. */
  inFlight: boolean;
  /** True if the outcome of a try is unknown. */
  mayHaveCommitted: boolean;
  settled: boolean;
  /** Why a try failed, so that a passed deadline can name its cause. */
  lastFault: unknown;
}

/** The answer to one job. */
export interface Answered<Result> {
  readonly result: Result;
  /** True if an earlier try of the same call may have taken effect. */
  readonly mayHaveCommitted: boolean;
}

/**
 * Sends one statement at a time. Jobs that arrive while a statement is under way go into the next one together.
 * @returns a function that sends one job, and throws `NotRecorded` when it fails or its deadline passes
 */
export function createBatcher<Job, Result>(options: BatcherOptions<Job, Result>) {
  const queue: Waiting<Job, Result>[] = [];
  let running = false;

  const run = async () => {
    if (running) return;
    running = true;
    while (queue.length > 0) {
      const batch = queue.splice(0, options.max);
      await deliver(options.send, batch);
    }
    running = false;
  };

  return (job: Job): Promise<Answered<Result>> =>
    new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        if (waiting.settled) return;
        waiting.settled = true;
        clearTimeout(timer);
        then();
      };
      const waiting: Waiting<Job, Result> = {
        job,
        inFlight: false,
        mayHaveCommitted: false,
        settled: false,
        lastFault: undefined,
        answer: (result) => settle(() => resolve(result)),
        fail: (cause) =>
          settle(() => reject(new NotRecorded(waiting.mayHaveCommitted ? "unknown" : "not_recorded", cause))),
      };
      const timer = setTimeout(() => {
        waiting.mayHaveCommitted ||= waiting.inFlight;
        const index = queue.indexOf(waiting);
        if (index >= 0) queue.splice(index, 1);
        waiting.fail(new Error(`No answer within ${options.deadlineMs} ms.`, { cause: waiting.lastFault }));
      }, options.deadlineMs);
      queue.push(waiting);
      void run();
    });
}

/** Retries until every job has an answer or has passed its deadline. Never throws. */
async function deliver<Job, Result>(
  send: BatcherOptions<Job, Result>["send"],
  batch: readonly Waiting<Job, Result>[],
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const live = batch.filter(({ settled }) => !settled);
    if (live.length === 0) return;
    for (const waiting of live) waiting.inFlight = true;
    try {
      const results = await send(live.map(({ job }) => job));
      for (const [index, waiting] of live.entries()) {
        const result = results[index];
        if (result !== undefined) {
          waiting.answer({ result, mayHaveCommitted: waiting.mayHaveCommitted });
          continue;
        }
        // It was sent with the others and may have taken effect like them.
        waiting.mayHaveCommitted = true;
        waiting.fail(new Error("The database answered too few results."));
      }
      return;
    } catch (fault) {
      const { retry, mayHaveCommitted } = classifyFault(fault);
      for (const waiting of live) {
        waiting.inFlight = false;
        // What the server refused says more than the connections that are replaced because of it.
        if (fault instanceof StatementRefused || waiting.lastFault === undefined) waiting.lastFault = fault;
        waiting.mayHaveCommitted ||= mayHaveCommitted;
      }
      if (!retry) return sendOneByOne(send, live, fault);
    }
    await pauseAfter(attempt);
  }
}

/** When PostgreSQL refuses a whole statement, one job or all may be the cause. Sending each alone tells. */
async function sendOneByOne<Job, Result>(
  send: BatcherOptions<Job, Result>["send"],
  live: readonly Waiting<Job, Result>[],
  fault: unknown,
): Promise<void> {
  if (live.length === 1) {
    for (const waiting of live) waiting.fail(fault);
    return;
  }
  for (const waiting of live) await deliver(send, [waiting]);
}
