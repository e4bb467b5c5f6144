import type { JobsState } from "../../src/jobs/connection.js";
import { createJobs, type JobsBackend, type JobsOptions } from "../../src/jobs/jobs.js";
import { createLatch, createTally, nextState, performing, type Tally, tallyLog } from "./tally.js";

/** Long enough that no second sweep happens by itself during a test. */
const NO_SWEEP_MS = 3_600_000;

export interface StartedOptions extends Partial<JobsOptions> {
  readonly performed?: Tally<string>;
  readonly meanwhile?: (what: string) => Promise<void>;
  /** Wait until the queue is up; true if left out. */
  readonly up?: boolean;
}

/** Starts an instance of the jobs, and returns it with its tallies. */
export async function started(
  backend: JobsBackend,
  { performed = createTally<string>(), meanwhile, up = true, ...more }: StartedOptions = {},
) {
  const states = createTally<JobsState>();
  const { log, lines } = tallyLog();
  const onlyWork = createTally<string>();
  const perform = performing(onlyWork, async (what) => {
    if (what !== "sweep") performed.add(what);
    await meanwhile?.(what);
  });
  const jobs = createJobs({
    backend,
    perform,
    log,
    clock: Date.now,
    sweepEveryMs: NO_SWEEP_MS,
    onState: states.add,
    ...more,
  });
  const isUp = nextState(states, "up");
  jobs.start();
  if (up) await isUp;
  return { jobs, wake: jobs.wake, performed, all: onlyWork, states, lines, isUp, stop: () => jobs.stop(5_000) };
}

/**
 * Resolves once the instance has done work that another one queued, which only the queue can have delivered. The other
 * one has two places, one in the process and one for the queue, and keeps both occupied, so at least one of three jobs
 * is left for the instance.
 */
export async function reachedThroughQueue(
  instance: { performed: Tally<string> },
  backend: JobsBackend,
  label: string,
): Promise<void> {
  const { passed, open } = createLatch();
  const other = await started(backend, {
    concurrency: 1,
    meanwhile: async (what) => (what === "sweep" ? undefined : passed),
  });
  other.wake.effects([`${label}-a`, `${label}-b`, `${label}-c`]);
  await instance.performed.until((seen) => seen.some((what) => what.startsWith(`effect ${label}-`)));
  open();
  await other.stop();
}
