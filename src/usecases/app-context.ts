import type { RefusalCode } from "../domain/decisions/refusals.js";
import type { RequestReader } from "../domain/verify/origins/asked.js";
import type { InTurn } from "../lib/in-turn.js";
import type {
  ClaimedEffect,
  Directory,
  Ledger,
  Log,
  Outbox,
  PolicySource,
  Queries,
  Randomness,
  Wake,
} from "./ports/ports.js";

/** How a commit ended, for the metrics. */
export type CommitOutcome = "committed" | "duplicate" | "conflict" | "guarded" | "rejected";
/** How an attempt at an effect ended, for the metrics. */
export type DeliveryOutcome = "done" | "refused" | "later" | "ambiguous" | "skipped";
/** How an attempt at a webhook ended, for the metrics; `given_up` is final. */
export type WebhookOutcome = "delivered" | "failed" | "given_up";

/** Receives what happens, for the metrics. */
export interface Observer {
  commit(outcome: CommitOutcome): void;
  refusal(code: RefusalCode): void;
  delivery(kind: ClaimedEffect["effect"]["kind"], outcome: DeliveryOutcome): void;
  /** An attempt to send an entry to this webhook of the policy. */
  webhook(name: string, outcome: WebhookOutcome): void;
  /** Seconds from the declaration until Slack accepted the alert. */
  alerted(seconds: number): void;
  /** Seconds from the declaration until Slack accepted a page. */
  paged(seconds: number): void;
}

/** Wraps an observer so that it also calls `committed` after each commit. */
export function observeCommits(observer: Observer, committed: () => void): Observer {
  return {
    ...observer,
    commit: (outcome) => {
      observer.commit(outcome);
      if (outcome === "committed") committed();
    },
  };
}

/** The services that every use case gets. */
export interface AppContext {
  readonly ledger: Ledger;
  readonly queries: Queries;
  readonly outbox: Outbox;
  readonly policy: PolicySource;
  readonly directory: Directory;
  /** Names of the configured pagers outside Slack; often none. */
  readonly pagers: readonly string[];
  readonly wake: Wake;
  readonly random: Randomness;
  readonly observer: Observer;
  readonly log: Log;
  /** Checks requests of Slack that are on record; `null` without a signing secret. */
  readonly readRequest: RequestReader | null;
  /** Runs the commands of one bypass one at a time within this process, so that they do not race each other. */
  readonly inTurn: InTurn;
}
