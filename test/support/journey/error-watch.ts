import { type Logger, silentLog } from "../../../src/lib/logger.js";

/** A log that keeps what is said at level error: a healthy bot says nothing there. */
export interface ErrorWatch {
  readonly log: Logger;
  /** Each as `event: fields`. */
  errors(): readonly string[];
}

/** @param expected events that belong to the story and are not kept */
export function createErrorWatch(expected: readonly string[] = []): ErrorWatch {
  const errors: string[] = [];
  const error: Logger["error"] = (event, fields) => {
    if (!expected.includes(event)) errors.push(`${event}: ${JSON.stringify(fields, withErrors)}`);
  };
  return { log: { ...silentLog, error }, errors: () => errors };
}

const withErrors = (_key: string, value: unknown): unknown => (value instanceof Error ? value.stack : value);
