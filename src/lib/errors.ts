/**
 * What is known of a request that failed at the trail. `not_recorded`: it could not be written, so it did not happen.
 * `not_read`: what it needed could not be read, so nothing was tried. `unknown`: the answer was lost; retrying with the same
 * command id is safe. `not_shown`: it is recorded, and what came of it could not be read.
 */
export type TrailOutcome = "not_recorded" | "not_read" | "unknown" | "not_shown";

const SAID: Readonly<Record<TrailOutcome, string>> = {
  not_recorded:
    "The trail could not be written, so nothing was done. Try again; if it goes on, use the emergency procedure that does not need Breakglass.",
  not_read:
    "The trail could not be read, so nothing was changed. Try again; if it goes on, use the emergency procedure that does not need Breakglass.",
  unknown: "It is not known whether this was recorded. Trying the same again is safe: it is done at most once.",
  not_shown:
    "This is recorded, but how things stand now could not be read. `/breakglass status` shows it in a moment; nothing has to be done again.",
};

/**
 * Thrown when the trail could not be read or written: `outcome` says what that means for the request. The adapter that
 * serves the person must report it; no code may swallow it.
 */
export class NotRecorded extends Error {
  override readonly name = "NotRecorded";
  readonly outcome: TrailOutcome;

  constructor(outcome: TrailOutcome, cause?: unknown) {
    super(SAID[outcome], { cause });
    this.outcome = outcome;
  }
}

/** A fault of configuration or environment that the operator must fix. The process exits with 78 (EX_CONFIG). */
export class FaultyConfiguration extends Error {
  override readonly name = "FaultyConfiguration";
  /** All faults, one sentence each. */
  readonly faults: readonly string[];

  constructor(headline: string, faults: readonly string[]) {
    super([headline, ...faults.map((fault) => `  - ${fault}`)].join("\n"));
    this.faults = faults;
  }
}
