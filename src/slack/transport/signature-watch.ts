import type { Log } from "../../usecases/ports/ports.js";
import { hintOf } from "../../usecases/ports/readyz-words.js";

/**
 * Tells a wrong signing secret from strangers, as far as that is possible: with a wrong one, no request fits. Anyone can
 * send requests that do not fit, but only until Slack's first one does.
 */
export interface SignatureWatch {
  /** A request with a signature of the right form and time does not fit. */
  misfit(): void;
  /** A request fits, so the secret is the app's. */
  fits(): void;
  /** Something did not fit, and nothing has fitted since the start. */
  doubtful(): boolean;
}

/** Creates a watch that has seen no request. Logs once that the secret is in doubt, and once that it is not. */
export function createSignatureWatch(log: Log): SignatureWatch {
  let proven = false;
  let doubtful = false;
  return {
    misfit: () => {
      if (proven || doubtful) return;
      doubtful = true;
      log.warn("slack.signing_secret_in_doubt", { hint: hintOf("signing_secret") });
    },
    fits: () => {
      proven = true;
      if (!doubtful) return;
      doubtful = false;
      log.info("slack.signing_secret_fits");
    },
    doubtful: () => doubtful,
  };
}
