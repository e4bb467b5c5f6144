import { statfs } from "node:fs/promises";

/** Why the embedded PostgreSQL could not be brought up. */
export type EmbeddedPostgresCode =
  | "unsupported_platform"
  | "binaries_missing"
  | "no_account"
  | "folder_unusable"
  | "disk_full"
  | "data_lost"
  | "other_version"
  | "already_running"
  | "port_taken"
  | "start_failed"
  | "stop_failed";

/**
 * The embedded PostgreSQL could not be started or stopped. The message says what happened and what was not done,
 * `whatToDo` the next step for the operator. Neither holds a secret. A bot that gets one exits with 78.
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

/** The `code` of a Node system error, such as `EACCES`; undefined for anything else. */
export function systemCode(fault: unknown): string | undefined {
  const code = fault instanceof Error && "code" in fault ? fault.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Turns a fault of the file system at `path` into the error an operator can act on; any other fault stays as it is. */
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

/** The disk under `path` is full. */
function diskFull(path: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "disk_full",
    `No space is left on the disk of ${path}. No database was started.`,
    "Free some space (a new database needs about 60 MB), or point BREAKGLASS_DATA to another disk.",
  );
}

/** Less than this is left where a server that ran out of disk gave up. */
const NEARLY_FULL_BYTES = 32 * 1024 * 1024;

/**
 * Turns the output of `initdb` or `postgres` into the error an operator can act on. The disk is looked at too: out of
 * space in the middle of a WAL record, PostgreSQL aborts without a word about it.
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
