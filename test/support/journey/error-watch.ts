import { createLogger, type Logger } from "../../../src/lib/logger.js";

/** A log that keeps its error lines; a healthy bot writes none. */
export interface ErrorWatch {
  readonly log: Logger;
  /**
   * The error lines, each as `event: fields`, and each line that tells an operator less than it should, because the log's
   * allow-list withheld a field.
   */
  errors(): readonly string[];
}

/** @param expected error events that the journey causes, which are not kept */
export function createErrorWatch(expected: readonly string[] = []): ErrorWatch {
  const errors: string[] = [];
  const stream = {
    write: (line: string): void => {
      if (line.includes("[withheld]")) errors.push(`withheld: ${line}`);
    },
  };
  const log = createLogger({ level: "debug", stream });
  const error: Logger["error"] = (event, fields) => {
    log.error(event, fields);
    if (!expected.includes(event)) errors.push(`${event}: ${JSON.stringify(fields, withErrors)}`);
  };
  return { log: { ...log, error }, errors: () => errors };
}

const withErrors = (_key: string, value: unknown): unknown => (value instanceof Error ? value.stack : value);
