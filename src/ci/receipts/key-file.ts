import { stat } from "node:fs/promises";
import { createSmallFile } from "../../lib/small-file.js";
import { type ReadKeys, readReceiptKeys } from "./keys.js";

/** Ten keys take 1,200 bytes; comments between them are allowed. */
const MAX_BYTES = 64 * 1024;
const DEADLINE_MS = 5_000;

/** What everybody on the machine may do: such a key is no secret. The group may read it, as Kubernetes mounts secrets. */
const OPEN_TO_ALL = 0o007;
const GROUP_WRITES = 0o020;

/**
 * Reads the keys of `RECEIPT_KEY_FILE`, or everything that is wrong with it. A file that others may read is refused: whoever
 * has the key can write receipts.
 */
export async function readKeyFile(path: string): Promise<ReadKeys> {
  const read = await createSmallFile(path, { maxBytes: MAX_BYTES, deadlineMs: DEADLINE_MS })();
  if ("unreadable" in read) return { faults: [read.unreadable] };
  const { mode } = await stat(path);
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  if ((mode & OPEN_TO_ALL) !== 0 || (mode & GROUP_WRITES) !== 0)
    return {
      faults: [`has mode ${octal}, so others may read or change the key; chmod 600 it (0440 for a mounted secret)`],
    };
  return readReceiptKeys(read.text);
}
