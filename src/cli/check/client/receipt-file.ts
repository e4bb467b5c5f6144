import { writeFile } from "node:fs/promises";
import type { Outcome } from "./check-gate.js";

/**
 * Keeps the receipt of a yes in a file. A yes without one stays a yes: the trail has it, and the way out must not depend on a
 * disk.
 * @returns what to tell when there is no file now, else `null`
 */
export async function keepReceipt({ answer }: Outcome, path: string | undefined): Promise<string | null> {
  if (path === undefined || path === "" || answer?.open !== true) return null;
  if (answer.receipt === null) return `no receipt was written to ${path}: the bot has no key for receipts`;
  try {
    await writeFile(path, `${answer.receipt}\n`);
    return null;
  } catch (fault) {
    return `the receipt could not be written: ${fault instanceof Error ? fault.message : path}`;
  }
}
