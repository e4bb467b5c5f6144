import type { Fetch } from "../../../lib/outbound.js";

/*
 * Everything in this folder runs in two places: in the command line, and bundled without any package in the GitHub action
 * (action/check.mjs). So it imports nothing that imports a package.
 */

/** What a check needs of the machine. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: Fetch;
  /** Reads a whole file. Throws what Node throws. */
  readFile(path: string): Promise<Uint8Array>;
  /** For the whole check, in milliseconds. */
  readonly deadlineMs: number;
}

/** A pipeline waits for this at each gate, so it is short: an answer takes milliseconds, a retry at most doubles it. */
export const DEADLINE_MS = 8_000;

/** The audience of the identity token, as the policy names it by default. */
export const AUDIENCE = "breakglass";
