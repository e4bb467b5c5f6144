import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { readReceiptKeys } from "../../ci/receipts/keys.js";
import { type CommandIo, EXIT, type ExitCode } from "../command.js";

/** `breakglass receipt key FILE`: makes a key that only this account may read. An existing file is never touched. */
export async function newKey(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [path, ...more] = args;
  if (path === undefined || path.startsWith("-") || more.length > 0) {
    io.err("breakglass receipt key: expected one file to write, such as receipts.pem");
    return EXIT.wrongUsage;
  }
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const read = await readReceiptKeys(pem);
  if ("faults" in read) throw new Error("The new key cannot be read.");
  try {
    await writeFile(path, pem, { mode: 0o600, flag: "wx" });
  } catch (fault) {
    const exists = fault instanceof Error && "code" in fault && fault.code === "EEXIST";
    io.err(
      exists
        ? `breakglass receipt key: ${path} is there already and was left as it is. Name another file.`
        : `breakglass receipt key: ${path} could not be written: ${fault instanceof Error ? fault.message : "unknown"}`,
    );
    return exists ? EXIT.foundWrong : EXIT.couldNotLook;
  }
  io.out(`${path}: a new key, ${read.keys.signing.kid}`);
  io.err(
    "Give the bot its path as RECEIPT_KEY_FILE. Keep it out of the database and its backups: who has it can sign.",
  );
  return EXIT.fine;
}
