/** What a word of `/readyz` means for the bot, and what an operator does about it. */
export interface WordMeaning {
  /** `down`: nothing can be recorded. `degraded`: the bot works, but worse. */
  readonly state: "down" | "degraded";
  /** What is wrong, as a sentence. */
  readonly means: string;
  /** What to do, as a sentence. */
  readonly mend: string;
}

/**
 * Every word that `/readyz` may answer, with its mend. `/metrics` has a series for each, `breakglass doctor` says the
 * mend, docs/operating.md lists them, and each is watched by an alert rule in deploy/prometheus; tests compare all four.
 */
export const WORDS = {
  postgres: {
    state: "down",
    means: "PostgreSQL does not answer, or does not let the bot record.",
    mend: "Look at the server, and at the address and role of DATABASE_URL.",
  },
  postgres_read_only: {
    state: "down",
    means: "The server takes no writes: it is a standby, or default_transaction_read_only is on.",
    mend: "Name the primary. After a failover the bot follows by itself.",
  },
  postgres_disk_full: {
    state: "down",
    means: "The disk of the data, or of its log, is full.",
    mend: "Free space on the server, or give it more.",
  },
  postgres_statement_timeout: {
    state: "down",
    means: "statement_timeout ends the bot's statements.",
    mend: "ALTER ROLE … RESET statement_timeout; every statement of the bot has a deadline of its own.",
  },
  postgres_lock_timeout: {
    state: "down",
    means: "lock_timeout ends the bot's statements.",
    mend: "ALTER ROLE … RESET lock_timeout; every statement of the bot has a deadline of its own.",
  },
  postgres_transaction_timeout: {
    state: "down",
    means: "transaction_timeout ends the bot's statements.",
    mend: "ALTER ROLE … RESET transaction_timeout; every statement of the bot has a deadline of its own.",
  },
  postgres_isolation: {
    state: "down",
    means: "default_transaction_isolation is not read committed.",
    mend: "Reset it for the role and the database.",
  },
  postgres_rights: {
    state: "down",
    means: "The run-time role may not call the functions, or the schema is gone.",
    mend: "Start once with DATABASE_ADMIN_URL, which sets the rights anew.",
  },
  postgres_login: {
    state: "down",
    means: "PostgreSQL rejects the role, its password or the database.",
    mend: "Correct DATABASE_URL, or the role on the server.",
  },
  postgres_tls: {
    state: "down",
    means: "The server's certificate is not trusted, or the server demands TLS.",
    mend: "Correct sslmode and sslrootcert in the address; see docs/operating.md.",
  },
  postgres_pooler: {
    state: "down",
    means: "A pooler was put in between since the start, or refuses the session.",
    mend: "Restart the bot, which looks for poolers at the start.",
  },
  postgres_too_many_connections: {
    state: "down",
    means: "max_connections of the server is used up.",
    mend: "Raise it, or lower the connections of others; docs/operating.md has the bot's budget.",
  },
  not_answering: {
    state: "down",
    means: "The check itself took too long.",
    mend: "Look for an overloaded machine, or a database that hangs.",
  },
  slack: {
    state: "degraded",
    means: "Slack does not answer.",
    mend: "Check Slack's status page, the network and the proxy.",
  },
  slack_token: {
    state: "degraded",
    means: "Slack refuses SLACK_BOT_TOKEN, or commands come from another workspace than that of the token.",
    mend: "Install the app again in this workspace, set the token that Slack shows, and restart.",
  },
  slack_scope_missing: {
    state: "degraded",
    means: "The app lacks these scopes.",
    mend: "Add them under OAuth & Permissions (manifest.json lists all) and install the app again.",
  },
  slack_refused: {
    state: "degraded",
    means: "Slack refuses these methods.",
    mend: "docs/operating.md explains the codes; most are a matter of the plan or of an organisation-wide token.",
  },
  slack_socket: {
    state: "degraded",
    means: "Socket Mode does not connect.",
    mend: "Check SLACK_APP_TOKEN (connections:write), that Socket Mode is on, and the network.",
  },
  redis_full: {
    state: "degraded",
    means: "Redis has no memory left and takes no jobs.",
    mend: "Give Redis more memory, and maxmemory-policy noeviction.",
  },
  redis_read_only: {
    state: "degraded",
    means: "Redis is a replica and takes no jobs.",
    mend: "Name the primary in REDIS_URL.",
  },
  redis_cannot_save: {
    state: "degraded",
    means: "Redis cannot write its snapshot and takes no jobs.",
    mend: "Look at the disk of Redis, and its log.",
  },
  redis_not_ready: {
    state: "degraded",
    means: "Redis is still loading, or busy, and takes no jobs.",
    mend: "Wait, and look at the log of Redis if it lasts.",
  },
  redis_login: {
    state: "degraded",
    means: "Redis refuses the user or the password.",
    mend: "Correct REDIS_URL.",
  },
  redis_database: {
    state: "degraded",
    means: "Redis has no database of the number in REDIS_URL.",
    mend: "Correct the number at the end of REDIS_URL.",
  },
  pagerduty_token: {
    state: "degraded",
    means: "PagerDuty refuses PAGERDUTY_API_TOKEN.",
    mend: "Set it to a read-only REST API key that is valid.",
  },
  proxy: {
    state: "degraded",
    means: "The proxy does not let the bot through to these hosts.",
    mend: "Check the user and password in HTTPS_PROXY, and that the proxy allows CONNECT to them; else NO_PROXY.",
  },
  certificate: {
    state: "degraded",
    means: "The certificates of these hosts are not trusted.",
    mend: "Name your CA in NODE_EXTRA_CA_CERTS and restart, or correct this machine's clock.",
  },
  queue: {
    state: "degraded",
    means: "Redis, or BullMQ's schema in PostgreSQL, cannot be reached.",
    mend: "Check that Redis runs and the address and password in REDIS_URL; without Redis, the role of DATABASE_JOBS_URL.",
  },
  queue_needs_direct_connection: {
    state: "degraded",
    means: "There is no Redis, and the database is reached through a pooler, which BullMQ cannot use.",
    mend: "Give DATABASE_JOBS_URL the address of PostgreSQL itself, or set REDIS_URL.",
  },
  redis_may_evict: {
    state: "degraded",
    means: "Redis may evict keys when its memory is full.",
    mend: "Set maxmemory-policy noeviction in Redis.",
  },
  policy_file: {
    state: "degraded",
    means: "The policy file cannot be read, or was refused; the last good policy stays in force.",
    mend: "Run npx breakglass policy lint on the file and correct what it names.",
  },
  policy_differs: {
    state: "degraded",
    means: "The last policy in the trail is not the one in force here.",
    mend: "Give all instances the same policy file.",
  },
  alerts_not_posted: {
    state: "degraded",
    means: "An open bypass has had no alert in its channel for half a minute.",
    mend: "Invite the bot to the alert channel, and look at the log for what Slack answers.",
  },
  not_in_channel: {
    state: "degraded",
    means: "The bot cannot post in these channels of the policy: it is not a member, or they are archived.",
    mend: "Invite the bot to each (/invite @breakglass), or name another channel in the policy.",
  },
  clock_off: {
    state: "degraded",
    means: "The clocks of this machine and of the database are more than 2 s apart.",
    mend: "Run a time service (chrony, systemd-timesyncd) on both machines.",
  },
  trail_behind: {
    state: "degraded",
    means: "Slack shows entries that the trail does not have: a backup was restored.",
    mend: "Follow Restoring a backup in docs/operating.md, then set BREAKGLASS_RESTORED to a word of yours and restart.",
  },
  trail_unprotected: {
    state: "degraded",
    means: "The role of DATABASE_URL could alter the trail.",
    mend: "Give DATABASE_URL a plain role that owns nothing, and DATABASE_ADMIN_URL the role that owns the database.",
  },
  unknown_ids: {
    state: "degraded",
    means: "Slack does not know these ids of the policy.",
    mend: "Correct the ids in the policy; npx breakglass init lists those that Slack knows.",
  },
  pagers: {
    state: "degraded",
    means: "These pagers did not accept the last notification.",
    mend: "Check the key of the pager and its service; the log has the error code.",
  },
  pagerduty_token_missing: {
    state: "degraded",
    means: "The policy gives a role by a schedule, but PAGERDUTY_API_TOKEN is not set.",
    mend: "Set PAGERDUTY_API_TOKEN to a read-only REST API key of PagerDuty.",
  },
  schedules_unread: {
    state: "degraded",
    means: "PagerDuty does not say who is on call in these schedules.",
    mend: "Check PAGERDUTY_API_TOKEN and PAGERDUTY_API_URL (the EU region has an address of its own), and the network.",
  },
  unknown_schedules: {
    state: "degraded",
    means: "PagerDuty does not know these schedules of the policy.",
    mend: "Correct the ids; a schedule's id is at the end of its address in PagerDuty.",
  },
  on_call_unbound: {
    state: "degraded",
    means: "These PagerDuty users are on call, but no person under people names them.",
    mend: "Add them to people in the policy, as pagerduty: ID.",
  },
} as const satisfies Readonly<Record<string, WordMeaning>>;

export type Word = keyof typeof WORDS;

type WordOf<State> = { [W in Word]: (typeof WORDS)[W]["state"] extends State ? W : never }[Word];
/** A word that stands under `degraded`, alone or followed by ids. */
export type DegradedEntry = WordOf<"degraded"> | `${WordOf<"degraded">}: ${string}`;

/** All words. */
export const ALL_WORDS = Object.keys(WORDS).filter(isWord);

/** Whether the text is a word of `/readyz`. */
export function isWord(text: string): text is Word {
  return Object.hasOwn(WORDS, text);
}

/** The word of an entry such as `unknown_ids: S0GONE U0GONE`. */
export function wordOf(entry: string): string {
  return entry.split(":", 1)[0] ?? entry;
}
