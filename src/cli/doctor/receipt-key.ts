import { openReceipts } from "../../app/receipts.js";
import { FaultyConfiguration } from "../../lib/errors.js";
import type { Outcome } from "./finding.js";
import type { Setup } from "./setup.js";

/** Whether the bot could sign receipts with the key file. */
export async function checkReceipts({ config }: Setup): Promise<Outcome> {
  if (config.receipts === null)
    return { skipped: "RECEIPT_KEY_FILE is not set: what pipelines are told is not signed" };
  try {
    await openReceipts(config);
    return [];
  } catch (fault) {
    if (!(fault instanceof FaultyConfiguration)) throw fault;
    const fix = "Correct the file; breakglass receipt key makes one, and docs/ci.md says how keys are changed.";
    return fault.faults.map((problem) => ({ check: "receipts", word: null, problem, fix, configuration: true }));
  }
}
