/*
 * How the values of a gate check are written. The schemas and the client of `breakglass check` both use these; the client has
 * to run without any package, so they stand apart from the schemas.
 */

/** Where a pipeline asks, below the bot's public address. */
export const GATE_CHECK_PATH = "/api/v1/gate-checks";

/** Why the gate is to run. */
export const CLOSED_REASONS = ["no_grant", "expired", "other_target", "other_commit", "drill", "not_recorded"] as const;

export type ClosedReason = (typeof CLOSED_REASONS)[number];

/** A full commit id, of SHA-1 or SHA-256. */
export const COMMIT_PATTERN = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** A bypass by its number. */
export const BYPASS_PATTERN = /^BG-[1-9]\d{0,8}$/;

/** A short head: the first 24 hex digits of the chain's head. */
export const SHORT_HEAD_PATTERN = /^[0-9a-f]{24}$/;

/** The three parts of a JWT. */
export const JWT_PATTERN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The longest target, in UTF-16 code units; that of a declaration. */
export const LONGEST_TARGET = 200;
