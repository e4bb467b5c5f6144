import type { Logger } from "../lib/logger.js";
import type { Outbound } from "../lib/outbound.js";
import type { Precedence } from "../lib/precedence.js";
import type { OpenedDatabase } from "../postgres/open.js";
import type { ReceiptSigner } from "../usecases/ports/receipts.js";
import type { Config } from "./config.js";
import type { Services } from "./lifecycle.js";
import type { PolicyFile } from "./policy/policy-file.js";

/** What tests, the benchmark and the demo may replace. */
export interface Overrides {
  readonly log?: Logger;
  /**
   * Milliseconds added to the clock of the process, for the demo and the tests. They also move the database's clock
   * (demo/moved-clock.ts); when this is set, the start does not reset that clock.
   */
  readonly clockOffsetMs?: () => number;
  /** Milliseconds that are never set back, by which one person's questions and forms are limited. Default: those of the process. */
  readonly steadyMs?: () => number;
  /** Milliseconds between two sweeps. Default: 5,000. */
  readonly sweepEveryMs?: number;
  /** Receives lines for the operator during the start. */
  readonly say?: (line: string) => void;
  /**
   * Receives the composed services once the app runs, so that tests and the demo can inspect them and sweep at will.
   */
  readonly onStarted?: (services: Services) => void;
}

/** What is read and opened before the services are composed. */
export interface Foundation {
  readonly config: Config;
  readonly overrides: Overrides;
  readonly log: Logger;
  readonly policy: PolicyFile;
  readonly opened: OpenedDatabase;
  readonly out: Outbound;
  readonly precedence: Precedence;
  /** `null`: no key for receipts is configured. */
  readonly receipts: ReceiptSigner | null;
  /** Epoch milliseconds, plus the offset. */
  readonly now: () => number;
}
