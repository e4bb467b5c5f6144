import type { Policy } from "../../domain/policy/policy.js";

/** The policy that decisions are made by. */
export interface PolicyInForce {
  readonly policy: Policy;
  /** SHA-256 of the file's text, hex. */
  readonly hash: string;
}

/** The policy in force now. Call it each time: the file may change while the bot runs. */
export interface PolicySource {
  current(): PolicyInForce;
}

/** Structured log lines. Fields are ids, enums and numbers; never a secret, never text that a person typed. */
export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

/** Random values that nobody can guess. */
export interface Randomness {
  /** `bytes` random bytes, hex. */
  hex(bytes: number): string;
}
