/** What a word of `/readyz` means for the bot, and what an operator does about it. */
export interface WordMeaning {
  /** `down`: nothing can be recorded. `degraded`: the bot works, but worse. */
  readonly state: "down" | "degraded";
  /** What is wrong, as a sentence. */
  readonly means: string;
  /** What to do, as a sentence. */
  readonly fix: string;
}

/** The words about PostgreSQL, part of `READYZ_WORDS`. */
export const WORDS_OF_POSTGRES = {
  postgres: {
    state: "down",
    means:
      "PostgreSQL does not answer, or not in time: it is away, overloaded, or waits for a synchronous standby that is away.",
    fix: "Start the server, and correct host and port of the address; if it runs, look at its load and its log.",
  },
  postgres_read_only: {
    state: "down",
    means: "The server takes no writes: it is a standby, or default_transaction_read_only is on.",
    fix: "Name the primary; or, in a session with SET default_transaction_read_only = off, ALTER ROLE … or ALTER DATABASE … RESET default_transaction_read_only. After a failover the bot follows by itself.",
  },
  postgres_disk_full: {
    state: "down",
    means: "The disk of the data, or of its log, is full (SQLSTATE 53100).",
    fix: "Free space on the server, or give it more.",
  },
  postgres_statement_timeout: {
    state: "down",
    means:
      "statement_timeout ends the bot's statements, or is below 100 ms, so that a commit that waits for another fails.",
    fix: "ALTER ROLE … RESET statement_timeout; every statement of the bot has a deadline of 2 s of its own.",
  },
  postgres_lock_timeout: {
    state: "down",
    means: "lock_timeout ends the bot's statements, or is below 100 ms, so that a commit that waits for another fails.",
    fix: "ALTER ROLE … RESET lock_timeout; every statement of the bot has a deadline of 2 s of its own.",
  },
  postgres_transaction_timeout: {
    state: "down",
    means:
      "transaction_timeout ends the bot's statements, or is below 100 ms, so that a commit that waits for another fails.",
    fix: "ALTER ROLE … RESET transaction_timeout; every statement of the bot has a deadline of 2 s of its own.",
  },
  postgres_isolation: {
    state: "down",
    means: "default_transaction_isolation is not read committed.",
    fix: "Reset it for the role and the database.",
  },
  postgres_held: {
    state: "down",
    means: "Another session keeps the end of the trail locked, so that nothing can be recorded.",
    fix: "Find it in pg_locks and pg_stat_activity and end it with pg_terminate_backend. If it is none of yours, give the role of DATABASE_URL another password.",
  },
  postgres_settings: {
    state: "down",
    means:
      "What is set for the role or the database keeps the bot's sessions from working, or lets others change what they read.",
    fix: "Look at pg_db_role_setting; ALTER ROLE … RESET what none of you has set, and then give the role another password.",
  },
  postgres_rights: {
    state: "down",
    means: "The run-time role may not call the functions, or the schema is gone.",
    fix: "Run npx breakglass migrate with DATABASE_ADMIN_URL, which sets the rights anew.",
  },
  postgres_login: {
    state: "down",
    means: "PostgreSQL rejects the role, its password or the database.",
    fix: "Correct role, password and database in the address (a % in a password is written %25), or create them on the server; its pg_hba.conf must let the role in.",
  },
  postgres_tls: {
    state: "down",
    means: "The server's certificate has expired or is not trusted, or the server demands TLS.",
    fix: "Correct sslmode and sslrootcert in the address; see docs/operating/postgres.md.",
  },
  postgres_pooler: {
    state: "down",
    means: "A pooler was put in between since the start, or refuses the session.",
    fix: "Restart the bot, which looks for poolers at the start.",
  },
  postgres_too_many_connections: {
    state: "down",
    means: "max_connections of the server is used up.",
    fix: "Raise it, or lower the connections of others; docs/operating/postgres.md has the bot's budget.",
  },
} as const satisfies Readonly<Record<string, WordMeaning>>;
