import type { Log } from "../ports/ports.js";
import { hintOf } from "../ports/readyz-words.js";

/** One kind of work that is done again and again. */
export interface Step {
  /** For the log and `/readyz`. */
  readonly name: string;
  readonly run: () => Promise<void>;
}

export interface StepLimits {
  /** How long the other steps wait for one that does not end, in milliseconds. */
  readonly othersWaitMs: number;
  /** After how long such a step is named, in milliseconds. A backlog, or a slow Slack, takes less. */
  readonly stuckAfterMs: number;
}

const LIMITS: StepLimits = { othersWaitMs: 10_000, stuckAfterMs: 60_000 };

/** Runs steps so that one that fails, or never ends, does not keep the others from running. */
export interface StepRunner {
  /**
   * Runs all steps in order, each as long as the others wait. A step that is still running from an earlier call is left out.
   * @throws the first fault, at the end
   */
  runAll(steps: readonly Step[]): Promise<void>;
  /** The names of the steps that have not ended for too long. */
  stuck(): readonly string[];
}

/** Creates a runner without any step under way. */
export function createStepRunner(log: Log, { othersWaitMs, stuckAfterMs }: StepLimits = LIMITS): StepRunner {
  const running = new Set<string>();
  const stuck = new Set<string>();

  const track = async ({ name, run }: Step): Promise<void> => {
    running.add(name);
    const timer = setTimeout(() => {
      stuck.add(name);
      log.error("maintenance.stuck", { step: name, hint: hintOf("maintenance_stuck") });
    }, stuckAfterMs);
    timer.unref();
    try {
      await run();
    } finally {
      clearTimeout(timer);
      running.delete(name);
      if (stuck.delete(name)) log.info("maintenance.recovered", { step: name });
    }
  };

  /** Resolves when the step has ended, or when the others have waited long enough. */
  const runOne = async (step: Step): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, othersWaitMs);
    });
    const ended = track(step);
    // A fault after that is told by the next run, if it lasts.
    ended.catch(() => {});
    await Promise.race([ended, enough]).finally(() => clearTimeout(timer));
  };

  return {
    runAll: async (steps) => {
      const faults: unknown[] = [];
      for (const step of steps) {
        if (!running.has(step.name)) await runOne(step).catch((fault: unknown) => faults.push(fault));
      }
      if (faults.length > 0) throw faults[0];
    },
    stuck: () => [...stuck],
  };
}
