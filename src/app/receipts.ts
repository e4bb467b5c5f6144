import { randomUUID } from "node:crypto";
import { readKeyFile } from "../ci/receipts/key-file.js";
import { createReceiptSigner } from "../ci/receipts/signer.js";
import { FaultyConfiguration } from "../lib/errors.js";
import type { ReceiptSigner } from "../usecases/ports/receipts.js";
import type { Config } from "./config.js";

/**
 * Reads the key file and creates the signer of receipts; `null` when there is none. The file is read once: a changed one
 * counts from the next start, so that a key half written is never taken.
 * @throws FaultyConfiguration which names what is wrong with the file
 */
export async function openReceipts(config: Pick<Config, "receipts">): Promise<ReceiptSigner | null> {
  if (config.receipts === null) return null;
  const { keyFile, issuer } = config.receipts;
  const read = await readKeyFile(keyFile);
  if ("faults" in read)
    throw new FaultyConfiguration(
      "Breakglass did not start: it cannot sign receipts. Correct the file, or unset RECEIPT_KEY_FILE to go without them.",
      read.faults.map((fault) => `RECEIPT_KEY_FILE: ${keyFile} ${fault}`),
    );
  return createReceiptSigner({ keys: read.keys, issuer, newId: randomUUID });
}
