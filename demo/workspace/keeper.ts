import type { DemoEnvironment } from "../environment.js";
import type { Seen } from "./seen.js";
import { writeStored } from "./store.js";

/** The longest time between a change and its write to the disk. */
const KEEP_AFTER_MS = 300;

/** Stores the workspace on the disk for the next start. */
export interface Keeper {
  /** Stores it a last time. Resolves with `false` when that failed. */
  stop(): Promise<boolean>;
}

/** Calls `warn` once when the workspace cannot be stored, and again when it can. */
export function keepWorkspace(
  environment: DemoEnvironment,
  seen: Seen,
  folder: string,
  warn: (line: string) => void,
): Keeper {
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let failing = false;
  const write = async (): Promise<void> => {
    try {
      await writeStored(folder, {
        aheadMs: environment.offsetMs(),
        workspace: environment.slack.keep(),
        seen: seen.keep(),
      });
      if (failing) warn("The workspace can be kept on the disk again.");
      failing = false;
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault);
      if (!failing)
        warn(`The workspace goes on, but cannot be kept on the disk: ${why}. What was kept before is untouched.`);
      failing = true;
    }
  };
  const due = (): void => {
    timer = null;
    writing = writing.then(write);
  };
  const stopListening = environment.slack.record.onChange(() => {
    timer ??= setTimeout(due, KEEP_AFTER_MS);
  });
  return {
    stop: async () => {
      stopListening();
      if (timer !== null) clearTimeout(timer);
      writing = writing.then(write);
      await writing;
      return !failing;
    },
  };
}
