import { statfs } from "node:fs/promises";

/** Why the embedded PostgreSQL could not be started or stopped. */
export type EmbeddedPostgresCode =
  | "unsupported_platform"
  | "binaries_missing"
  | "no_account"
  | "shared_account"
  | "folder_unusable"
  | "disk_full"
  | "data_lost"
  | "other_version"
  | "already_running"
  | "port_taken"
  | "start_failed"
  | "stop_failed";

/**
 * The embedded PostgreSQL could not be started or stopped. The message says what happened and what was not done;
 * `whatToDo` is the operator's next step. Neither holds a secret. The bot exits with 78.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";

  constructor(
    readonly code: EmbeddedPostgresCode,
    message: string,
    readonly whatToDo: string,
  ) {
    super(message);
  }
}

const FULL = new Set(["ENOSPC", "EDQUOT"]);
const UNUSABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOENT"]);

/** Returns the `code` of a Node system error, such as `EACCES`, or undefined for anything else. */
export function systemCode(fault: unknown): string | undefined {
  const code = fault instanceof Error && "code" in fault ? fault.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Turns a file system error at `path` into an error that an operator can act on. Returns any other fault unchanged. */
export function folderFault(fault: unknown, path: string): unknown {
  const code = systemCode(fault) ?? "";
  if (FULL.has(code)) return diskFull(path);
  if (!UNUSABLE.has(code)) return fault;
  return new EmbeddedPostgresError(
    "folder_unusable",
    `The embedded database cannot use the folder ${path} (${code}). No database was started.`,
    "Make the folder writable for the account of the bot, or point BREAKGLASS_DATA to another folder.",
  );
}

function diskFull(path: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "disk_full",
    `No space is left on the disk of ${path}. No database was started.`,
    "Free some space (a new database needs about 60 MB), or point BREAKGLASS_DATA to another disk.",
  );
}

/** A server that stopped with less free space than this ran out of disk. */
const NEARLY_FULL_BYTES = 32 * 1024 * 1024;

/**
 * Turns the output of `initdb` or `postgres` into an error that an operator can act on. Also checks the disk, because
 * PostgreSQL aborts without a message when it runs out of space in the middle of a WAL record.
 */
export async function serverFault(output: string, path: string): Promise<EmbeddedPostgresError> {
  if (/no space left on device|disk quota exceeded/i.test(output)) return diskFull(path);
  const disk = await statfs(path).catch(() => undefined);
  if (disk !== undefined && disk.bavail * disk.bsize < NEARLY_FULL_BYTES) return diskFull(path);
  const lines = output.trim().split("\n").slice(-6).join("\n");
  return new EmbeddedPostgresError(
    "start_failed",
    `The embedded PostgreSQL did not start. Its last words:\n${lines || "(none)"}`,
    `Read the log beside the data in ${path}; or set DATABASE_URL to a PostgreSQL server of your own.`,
  );
}
