import { NotRecorded } from "../../lib/errors.js";
import { judge, pauseAfter } from "../connection/with-retry.js";

/** How jobs travel. */
export interface BatcherOptions<Job, Result> {
  /** One statement for all of them; answers one result each, in their order. Must be harmless when it is sent twice. */
  readonly send: (jobs: readonly Job[]) => Promise<readonly Result[]>;
  /** Jobs in one statement at most. */
  readonly max: number;
  /** From the asking to the answer, in milliseconds. */
  readonly deadlineMs: number;
}

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly answer: (result: Answered<Result>) => void;
  /** Ends the waiting without an answer. */
  readonly fail: (cause: unknown) => void;
  /** A try is under way. */
  flying: boolean;
  /** A try was made whose outcome nobody knows. */
  doubt: boolean;
  settled: boolean;
}

export interface Answered<Result> {
  readonly result: Result;
  /** An earlier try of this very call may have done it already. */
  readonly doubt: boolean;
}

/**
 * Sends jobs one statement at a time; those that come while a statement is under way travel together in the next one.
 * @returns a function that asks for one job, and throws `NotRecorded` when its deadline passes
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
        flying: false,
        doubt: false,
        settled: false,
        answer: (result) => settle(() => resolve(result)),
        fail: (cause) => settle(() => reject(new NotRecorded(waiting.doubt ? "unknown" : "not_recorded", cause))),
      };
      const timer = setTimeout(() => {
        waiting.doubt ||= waiting.flying;
        const place = queue.indexOf(waiting);
        if (place >= 0) queue.splice(place, 1);
        waiting.fail(new Error(`No answer within ${options.deadlineMs} ms.`));
      }, options.deadlineMs);
      queue.push(waiting);
      void run();
    });
}

/** Tries until everybody who waits has an answer or has given up. Never throws. */
async function deliver<Job, Result>(
  send: BatcherOptions<Job, Result>["send"],
  batch: readonly Waiting<Job, Result>[],
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const live = batch.filter(({ settled }) => !settled);
    if (live.length === 0) return;
    for (const waiting of live) waiting.flying = true;
    try {
      const results = await send(live.map(({ job }) => job));
      for (const [index, waiting] of live.entries()) {
        const result = results[index];
        if (result !== undefined) {
          waiting.answer({ result, doubt: waiting.doubt });
          continue;
        }
        // It was sent with the others and may have been done like them.
        waiting.doubt = true;
        waiting.fail(new Error("The database answered too few results."));
      }
      return;
    } catch (fault) {
      const { again, doubt } = judge(fault);
      for (const waiting of live) {
        waiting.flying = false;
        waiting.doubt ||= doubt;
      }
      if (!again) return alone(send, live, fault);
    }
    await pauseAfter(attempt);
  }
}

/** A statement that PostgreSQL refuses as a whole is the fault of one job or of all; sent one by one, it shows. */
async function alone<Job, Result>(
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
