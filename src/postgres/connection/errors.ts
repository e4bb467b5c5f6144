import postgres from "postgres";

/** Whether a failed statement took effect. `not_sent`: no. `unknown`: it may have; retry under the same id. */
export type StatementOutcome = "not_sent" | "unknown";

/** PostgreSQL could not be reached, or the connection broke before the answer. Safe to retry under the same id. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";

  constructor(
    /** What the statement is for; holds no values. */
    readonly label: string,
    /** A code of the operating system, the driver or PostgreSQL, such as `ECONNREFUSED` or `57P01`. */
    readonly code: string,
    readonly outcome: StatementOutcome,
  ) {
    const what = outcome === "not_sent" ? "it was not asked" : "the connection broke before the answer";
    super(`PostgreSQL is not available for "${label}" (${code}): ${what}.`);
  }
}

/** PostgreSQL did not answer in time. Safe to retry under the same id. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
  constructor(
    readonly label: string,
    /** In milliseconds. */
    readonly deadlineMs: number,
    readonly outcome: StatementOutcome,
  ) {
    const what = outcome === "not_sent" ? "no connection came free" : "whether it took effect is unknown";
    super(`PostgreSQL did not answer "${label}" within ${deadlineMs} ms: ${what}.`);
  }
}

/**
 * PostgreSQL refused the statement: nothing took effect, and a retry gets the same answer. Keeps the server's message
 * only if one of our SQL functions raised it, because any other may quote what people typed.
 */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused";

  constructor(
    readonly label: string,
    /** SQLSTATE, five characters. */
    readonly code: string,
    readonly constraint: string | undefined,
    /** The message of our SQL function that raised the error; undefined when PostgreSQL itself refused. */
    readonly raised: string | undefined,
  ) {
    const detail = [code, constraint, raised].filter((part) => part !== undefined).join(", ");
    super(`PostgreSQL refused "${label}" (${detail}).`);
  }
}

/** SQLSTATEs of a rejected connection, on which no statement can have been sent. */
const REJECTED = /^(57P03|53300|28...|3D000)$/;
/** SQLSTATEs of a connection or server that went away during the statement. */
const WENT_AWAY = /^(08...|57P0.)$/;
/** Codes of the driver and the operating system for a connection that was never established. */
const NEVER_OPENED = new Set([
  "CONNECT_TIMEOUT",
  "CONNECTION_ENDED",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
  "NOT_POSTGRES",
  "READ_ONLY_SERVER",
]);
/** Of a connection that the server wants encrypted, in the words of PostgreSQL, of poolers and of providers. */
const WANTS_TLS = /no encryption|SSL off|\b(?:SSL|TLS)\b[^.]{0,200}\brequired\b/i;
/** In the words of PgBouncer. */
const UNKNOWN_PARAMETER = /unsupported startup parameter(?: in options)?: (\w+)/;
/** Codes of the driver and the operating system for a connection that broke. */
const BROKE = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ECONNABORTED",
]);

/** Replaces an error of the driver, which carries the parameters that people typed, with one that is safe to log. */
export function databaseError(fault: unknown, label: string): unknown {
  if (fault instanceof postgres.PostgresError) {
    const { code } = fault;
    if (/^(28|08)/.test(code) && WANTS_TLS.test(fault.message)) {
      return new DatabaseUnavailable(label, "TLS_REQUIRED", "not_sent");
    }
    const parameter = UNKNOWN_PARAMETER.exec(fault.message)?.[1];
    if (parameter !== undefined) return new DatabaseUnavailable(label, `UNKNOWN_PARAMETER ${parameter}`, "not_sent");
    if (REJECTED.test(code)) return new DatabaseUnavailable(label, code, "not_sent");
    if (WENT_AWAY.test(code)) return new DatabaseUnavailable(label, code, "unknown");
    const raised = fault.routine === "exec_stmt_raise" ? fault.message : undefined;
    return new StatementRefused(label, code, fault.constraint_name, raised);
  }
  const code = fault instanceof Error && "code" in fault ? String(fault.code) : undefined;
  if (code !== undefined && (NEVER_OPENED.has(code) || code.startsWith("TLS_")))
    return new DatabaseUnavailable(label, code, "not_sent");
  if (code !== undefined && BROKE.has(code)) return new DatabaseUnavailable(label, code, "unknown");
  const kind = fault instanceof Error ? `${fault.name}${code === undefined ? "" : ` ${code}`}` : typeof fault;
  return new Error(`The statement "${label}" failed before PostgreSQL answered (${kind}).`);
}
