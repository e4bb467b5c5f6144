/** Structured log lines. Fields are ids, enums and numbers; never a secret, never text that a person typed. */
export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

export interface Randomness {
  /** `bytes` random bytes, hex. */
  hex(bytes: number): string;
}
