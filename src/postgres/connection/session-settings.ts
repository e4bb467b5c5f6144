/**
 * What the bot's statements rely on, whatever the role or the database sets: whoever has the run-time password may run
 * `ALTER ROLE … SET` on the role, and change what is read or keep anything from being recorded. Sent as a connection
 * begins, where it counts more than those. `default_transaction_read_only` is left out: it may be the operator's, or a
 * provider's whose disk is nearly full.
 */
const OF_A_SESSION = {
  search_path: "pg_catalog",
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  // Every statement has a deadline of its own.
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  idle_session_timeout: "0",
  tcp_user_timeout: "0",
  standard_conforming_strings: "on",
  backslash_quote: "safe_encoding",
  array_nulls: "on",
  transform_null_equals: "off",
  bytea_output: "hex",
  extra_float_digits: "1",
  IntervalStyle: "postgres",
  row_security: "on",
  exit_on_error: "off",
  jit: "off",
  "plpgsql.extra_errors": "none",
} as const;

/** What every pooler passes on, because the usual clients send it. */
const OF_ANY_SESSION = { DateStyle: "ISO", TimeZone: "UTC" } as const;

/** In milliseconds. The server cancels a statement whose client has gone, instead of keeping its locks. */
const CONNECTION_CHECK_MS = "1000";

/** The first release of PostgreSQL that knows `transaction_timeout`; the others refuse a connection that names it. */
const WITH_TRANSACTION_TIMEOUT = 17;

/**
 * The parameters that a connection begins with. Behind a pooler, the functions have to carry what they rely on.
 * @param major the major version of the server; 0 if it is not known
 */
export function sessionSettings(pooled: boolean, major = 0): Readonly<Record<string, string>> {
  if (pooled) return OF_ANY_SESSION;
  return {
    ...OF_ANY_SESSION,
    ...OF_A_SESSION,
    ...(major >= WITH_TRANSACTION_TIMEOUT ? { transaction_timeout: "0" } : {}),
    client_connection_check_interval: CONNECTION_CHECK_MS,
  };
}

/**
 * Options of a direct connection, besides those of its address. A library that cannot be loaded would end each
 * connection; the driver sends no parameter that is empty.
 */
export const DIRECT_OPTIONS = "-c local_preload_libraries=";
