import type { Effect } from "../domain/bypass/effects.js";
import type { RefusalCode } from "../domain/decisions/refusals.js";
import type { InTurn } from "../lib/in-turn.js";
import type { Directory, Ledger, Log, Outbox, PolicySource, Queries, Randomness, Wake } from "./ports/ports.js";

export type CommitOutcome = "committed" | "duplicate" | "conflict" | "guarded" | "rejected";
export type DeliveryOutcome = "done" | "refused" | "later" | "ambiguous" | "skipped";

/** Told of what happens, for those who count: the metrics, or nobody. */
export interface Observer {
  commit(outcome: CommitOutcome): void;
  refusal(code: RefusalCode): void;
  delivery(kind: Effect["kind"], outcome: DeliveryOutcome): void;
  /** Seconds from the declaration to the moment Slack took the alert. */
  alerted(seconds: number): void;
  /** Seconds from the declaration to the moment a page was taken. */
  paged(seconds: number): void;
}

/** The same observer, that also calls `committed` when something was recorded. */
export function tellingOfCommits(observer: Observer, committed: () => void): Observer {
  return {
    ...observer,
    commit: (outcome) => {
      observer.commit(outcome);
      if (outcome === "committed") committed();
    },
  };
}

/** What every use case stands on. */
export interface AppContext {
  readonly ledger: Ledger;
  readonly queries: Queries;
  readonly outbox: Outbox;
  readonly policy: PolicySource;
  readonly directory: Directory;
  /** Names of the pagers outside of Slack that were set up; often none. */
  readonly pagers: readonly string[];
  readonly wake: Wake;
  readonly random: Randomness;
  readonly observer: Observer;
  readonly log: Log;
  /** One after the other per bypass within this process, so that its own commands do not race each other. */
  readonly inTurn: InTurn;
}
