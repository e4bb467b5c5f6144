/**
 * Thrown when the trail could not be read or written, so the request had no effect, or when the outcome is unknown. The
 * adapter that serves the person must report it; no code may swallow it.
 */
export class NotRecorded extends Error {
  override readonly name = "NotRecorded";
  /** `not_recorded`: it did not happen. `unknown`: the answer was lost; retrying with the same command id is safe. */
  readonly outcome: "not_recorded" | "unknown";

  constructor(outcome: "not_recorded" | "unknown", cause?: unknown) {
    super(
      outcome === "not_recorded"
        ? "The trail could not be written, so nothing was done. Try again; if it goes on, use the emergency procedure that does not need Breakglass."
        : "It is not known whether this was recorded. Trying the same again is safe: it is done at most once.",
      { cause },
    );
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
