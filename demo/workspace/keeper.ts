import type { DemoEnvironment } from "../environment.js";
import type { Seen } from "./seen.js";
import { writeStored } from "./store.js";

/** So long after a change it is on the disk at the latest. */
const KEEP_AFTER_MS = 300;

/** Keeps what stands in the workspace on the disk, so that it is there at the next start. */
export interface Keeper {
  /** Keeps it a last time; `false`: it could not be kept. */
  stop(): Promise<boolean>;
}

/** `warn` is told once when it cannot be kept, and again when it can. */
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
