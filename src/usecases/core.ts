import type { InTurn } from "../lib/in-turn.js";
import type { Directory, Ledger, Log, Outbox, PolicySource, Randomness, Readings, Wake } from "./ports.js";

/** What happened, for those who count: implemented by the metrics, or by nothing. */
export interface Observer {
  committed(entries: number): void;
  refused(code: string): void;
  delivered(kind: string, outcome: "ok" | "refused" | "later" | "ambiguous" | "skipped"): void;
  /** Seconds between the declaration and Slack's acceptance of the alert. */
  alerted(seconds: number): void;
}

/** What every use case stands on. */
export interface Core {
  readonly ledger: Ledger;
  readonly readings: Readings;
  readonly outbox: Outbox;
  readonly policy: PolicySource;
  readonly directory: Directory;
  readonly wake: Wake;
  readonly random: Randomness;
  readonly observer: Observer;
  readonly log: Log;
  /** One after the other per bypass within this process, so that its own commands do not race each other. */
  readonly inTurn: InTurn;
}
