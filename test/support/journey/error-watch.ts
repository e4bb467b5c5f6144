import { type Logger, silentLog } from "../../../src/lib/logger.js";

/** A log that keeps its error lines; a healthy bot writes none. */
export interface ErrorWatch {
  readonly log: Logger;
  /** The error lines, each as `event: fields`. */
  errors(): readonly string[];
}

/** @param expected error events that the journey causes, which are not kept */
export function createErrorWatch(expected: readonly string[] = []): ErrorWatch {
  const errors: string[] = [];
  const error: Logger["error"] = (event, fields) => {
    if (!expected.includes(event)) errors.push(`${event}: ${JSON.stringify(fields, withErrors)}`);
  };
  return { log: { ...silentLog, error }, errors: () => errors };
}

const withErrors = (_key: string, value: unknown): unknown => (value instanceof Error ? value.stack : value);
