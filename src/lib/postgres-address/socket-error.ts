/**
 * No usable connection to PostgreSQL came about. `code` is one of the operating system (`ECONNREFUSED`), or
 * `CONNECT_TIMEOUT`, `CONNECTION_ENDED`, `READ_ONLY_SERVER`, `NOT_POSTGRES` (something else answers), `TLS_NOT_OFFERED`, `TLS_FILE …` (a file that cannot be read), or
 * `TLS_` with Node's code for what is wrong with a certificate.
 */
export class PostgresSocketError extends Error {
  override readonly name = "PostgresSocketError";

  constructor(
    readonly code: string,
    cause?: unknown,
  ) {
    super(`No connection to PostgreSQL (${code}).`, { cause });
  }
}
