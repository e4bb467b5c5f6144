import { setTimeout as after } from "node:timers/promises";
import type { Recorder } from "./recorder.js";

/**
 * Waits until `predicate` returns something other than undefined, null or false. Runs it at every recorded change.
 *
 * @throws after `timeoutMs`, with the label and an overview of what is there
 */
export function until<T>(
  recorder: Recorder,
  predicate: () => T | boolean | null | undefined,
  describe: () => string,
  label: string,
  timeoutMs: number,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const finish = () => {
      stopListening();
      clearTimeout(timer);
    };
    const look = (last: boolean) => {
      try {
        const found = predicate();
        if (found !== undefined && found !== null && found !== false) {
          finish();
          resolve(found as T);
        } else if (last) {
          finish();
          reject(
            new Error(`Timed out after ${timeoutMs} ms waiting for ${label}.\nThe workspace shows:\n${describe()}`),
          );
        }
      } catch (fault) {
        finish();
        reject(fault);
      }
    };
    const stopListening = recorder.onChange(() => look(false));
    const timer = setTimeout(() => look(true), timeoutMs);
    look(false);
  });
}

/** Resolves when no request has been in flight, in either direction, for `quietMs`. */
export async function settled(recorder: Recorder, quietMs: number): Promise<void> {
  let quietSince = performance.now();
  const stopListening = recorder.onChange(() => {
    quietSince = performance.now();
  });
  try {
    while (recorder.inFlight > 0 || performance.now() - quietSince < quietMs) {
      if (recorder.inFlight > 0) await change(recorder);
      else await after(Math.max(1, quietMs - (performance.now() - quietSince)));
    }
  } finally {
    stopListening();
  }
}

function change(recorder: Recorder): Promise<void> {
  return new Promise((resolve) => {
    const stop = recorder.onChange(() => {
      stop();
      resolve();
    });
  });
}
