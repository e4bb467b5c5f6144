import { type DestinationStream, pino } from "pino";
import { redact, safeError } from "./safe-to-log.js";

type Write = (event: string, fields?: Record<string, unknown>) => void;

/** Implements the port `Log` of the use cases. */
export type Logger = { readonly [level in "debug" | "info" | "warn" | "error"]: Write };

/** The values of `LOG_LEVEL`. `error` means that an operator must act; a healthy bot logs none. */
export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines are written. Default: standard output. */
  readonly stream?: DestinationStream;
}

/** Ids, enums, addresses and times. Spaces are excluded, so that a typed sentence cannot pass. */
const IDENTIFIER = /^[A-Za-z0-9_.:@#/+=,~%<>()[\]{}?&*!|-]{0,200}$/;

/** Fields that hold our own sentences for the operator. They must never hold text that a person typed. */
const OPERATOR_PROSE = new Set(["hint", "faults"]);

/** Fields that hold the path of a file that the operator named; a path may have spaces. */
const PATHS = new Set(["policy"]);
const PATH = /^[^\p{C}]{1,300}$/u;

/** Field names that hold typed text throughout the code: even a single word of it is withheld. */
const TYPED = new Set(["reason", "line", "target", "typed", "text", "texts", "lesson", "message", "body", "payload"]);

/** Keys that every line has. A field of the same name would appear twice, and readers take the last. */
const RESERVED = new Set(["time", "level", "event"]);

const WITHHELD = "[withheld]";
const MAX_ITEMS = 50;
const MAX_DEPTH = 3;

function shown(key: string, value: unknown, depth: number): unknown {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid" : value.toISOString();
  if (value instanceof Error) return safeError(value);
  if (TYPED.has(key)) return WITHHELD;
  if (typeof value === "string") {
    if (OPERATOR_PROSE.has(key)) return redact(value);
    const form = PATHS.has(key) ? PATH : IDENTIFIER;
    return form.test(value) ? redact(value) : WITHHELD;
  }
  if (depth >= MAX_DEPTH || typeof value !== "object") return WITHHELD;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => shown(key, item, depth + 1));
  return fieldsOf(value, depth + 1);
}

function fieldsOf(fields: object, depth = 0): Record<string, unknown> {
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    pairs.map(([key, value]) => [depth === 0 && RESERVED.has(key) ? `field_${key}` : key, shown(key, value, depth)]),
  );
}

/**
 * Writes structured log lines, one JSON object each: `time` (ISO 8601, UTC), `level`, `event` and the fields. Only
 * listed kinds of values pass: numbers, enums, ids, times, and errors without quoted input. Any other text becomes
 * `[withheld]`, so a careless call cannot log a reason or a token.
 */
export function createLogger({ level, stream }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    messageKey: "event",
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const out = stream === undefined ? pino(options) : pino(options, stream);
  const write = (at: Exclude<LogLevel, "silent">) => (event: string, fields?: Record<string, unknown>) => {
    if (out.isLevelEnabled(at)) out[at](fieldsOf(fields ?? {}), IDENTIFIER.test(event) ? event : WITHHELD);
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Logs nothing; for tests and tools without a log. */
export const silentLog: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
