import { WORDS_OF_POSTGRES, type WordMeaning } from "./readyz-words-of-postgres.js";

/**
 * Every word that `/readyz` may answer, with its fix: the one place where both stand. The types of what adapters report,
 * the hints of the log, `breakglass doctor`, the series of `/metrics` and docs/operating/readyz-words.md derive from it;
 * a test checks that each is watched by an alert rule in deploy/prometheus.
 */
export const READYZ_WORDS = {
  ...WORDS_OF_POSTGRES,
  not_answering: {
    state: "down",
    means: "The check itself took too long.",
    fix: "Look for an overloaded machine, or a database that hangs.",
  },
  slack: {
    state: "degraded",
    means: "Slack does not answer.",
    fix: "Check Slack's status page, the network, the proxy and SLACK_API_URL. Messages wait in the database and go out once Slack answers.",
  },
  slack_token: {
    state: "degraded",
    means: "Slack refuses SLACK_BOT_TOKEN, or commands come from another workspace than that of the token.",
    fix: "Set SLACK_BOT_TOKEN to the Bot User OAuth Token under OAuth & Permissions, and restart; where the app is not installed in this workspace, install it first.",
  },
  slack_scope_missing: {
    state: "degraded",
    means: "The app lacks these scopes.",
    fix: "Add them under OAuth & Permissions (manifest.json lists all) and install the app again. No restart is needed.",
  },
  slack_refused: {
    state: "degraded",
    means: "Slack refuses these methods.",
    fix: "Without user groups in the plan (plan_upgrade_required), list people under slack_users. With missing_argument or team_access_not_granted, the token is that of a whole organisation: install the app in the workspace itself. Else ask an admin whether the app is restricted.",
  },
  slack_socket: {
    state: "degraded",
    means: "Socket Mode does not connect, for the reason that is given.",
    fix: "Under Basic Information, App-Level Tokens, make one with connections:write for SLACK_APP_TOKEN, turn Socket Mode on, and restart; else check the network.",
  },
  signing_secret: {
    state: "degraded",
    means: "Requests come whose signature does not fit SLACK_SIGNING_SECRET, and since the start none has fitted.",
    fix: "Set it to the Signing Secret under Basic Information of the app, and restart. If strangers sent them, the word goes with Slack's first request.",
  },
  redis_full: {
    state: "degraded",
    means: "Redis has no memory left and takes no jobs.",
    fix: "Raise its maxmemory, or see what else fills it; its maxmemory-policy is to be noeviction.",
  },
  redis_read_only: {
    state: "degraded",
    means: "Redis is a replica, or has lost its replicas, and takes no jobs.",
    fix: "Give the address of the primary in REDIS_URL.",
  },
  redis_cannot_save: {
    state: "degraded",
    means: "Redis cannot write its snapshot and takes no jobs.",
    fix: "Look at the disk of Redis, and its log.",
  },
  redis_not_ready: {
    state: "degraded",
    means: "Redis is loading its data, or has lost its primary, and takes no jobs.",
    fix: "Wait, and look at the log of Redis if it lasts.",
  },
  redis_login: {
    state: "degraded",
    means: "Redis refuses the user or the password, or the user may not use the commands of a queue.",
    fix: "Correct REDIS_URL.",
  },
  redis_database: {
    state: "degraded",
    means: "Redis has no database of the number in REDIS_URL. No other one is used instead.",
    fix: "Correct the number at the end of REDIS_URL, or raise its setting databases.",
  },
  pagerduty_token: {
    state: "degraded",
    means: "PagerDuty refuses PAGERDUTY_API_TOKEN.",
    fix: "Set it to a read-only REST API key that is valid.",
  },
  proxy: {
    state: "degraded",
    means: "The proxy does not let the bot through to these hosts.",
    fix: "Check that the proxy of HTTPS_PROXY runs, and its user and password (407); it must allow CONNECT to them (403), or name them in NO_PROXY.",
  },
  certificate: {
    state: "degraded",
    means: "The certificates of these hosts, or of a proxy in front of them, are not trusted.",
    fix: "Name your CA in NODE_EXTRA_CA_CERTS and restart, or correct this machine's clock.",
  },
  queue: {
    state: "degraded",
    means: "Redis, or BullMQ's schema in PostgreSQL, cannot be reached. The sweep does its work, within seconds.",
    fix: "Start Redis, and correct host and port in REDIS_URL (rediss:// is for servers with TLS); without Redis, npx breakglass doctor says what the role of DATABASE_JOBS_URL lacks.",
  },
  queue_needs_direct_connection: {
    state: "degraded",
    means: "There is no Redis, and the database is reached through a pooler, which BullMQ cannot use.",
    fix: "Give DATABASE_JOBS_URL the address of PostgreSQL itself, or set REDIS_URL.",
  },
  redis_may_evict: {
    state: "degraded",
    means: "Redis may evict keys when its memory is full.",
    fix: "Set maxmemory-policy noeviction in Redis. No restart is needed.",
  },
  policy_file: {
    state: "degraded",
    means: "The policy file cannot be read, or was refused; the last good policy stays in force.",
    fix: "Run npx breakglass policy lint on the file and correct what it names.",
  },
  policy_differs: {
    state: "degraded",
    means: "The last policy in the trail is not the one in force here.",
    fix: "Give all instances the same policy file.",
  },
  alerts_not_posted: {
    state: "degraded",
    means: "An open bypass has had no alert in its channel for half a minute.",
    fix: "Invite the bot to the alert channel, and look at the log for what Slack answers.",
  },
  not_in_channel: {
    state: "degraded",
    means: "The bot cannot post in these channels of the policy: it is not a member, or they are archived.",
    fix: "Invite the bot to each (/invite @breakglass), or name another channel in the policy.",
  },
  clock_off: {
    state: "degraded",
    means: "The clocks of this machine and of the database are more than 2 s apart. Decisions use the database's.",
    fix: "Run a time service (chrony, systemd-timesyncd) on both machines.",
  },
  heartbeat_missed: {
    state: "degraded",
    means: "PostgreSQL takes no heartbeat of this process, so others may take over, and it posts nothing meanwhile.",
    fix: "Look at the load of PostgreSQL and of this machine; the line heartbeat.missed of the log has the error.",
  },
  maintenance_stuck: {
    state: "degraded",
    means: "These steps of the maintenance have not ended for a minute, so their work waits; the others go on.",
    fix: "With policy_file, look at the mount of the file; with sweep.effect, at Slack and the pagers. If it lasts, restart.",
  },
  trail_behind: {
    state: "degraded",
    means: "Slack shows entries that the trail does not have: a backup was restored, or the database is a new one.",
    fix: "Follow Restoring a backup in docs/operating/backup.md; then, or at once if the database is meant to be new, set BREAKGLASS_RESTORED to a word of yours and restart.",
  },
  database_altered: {
    state: "degraded",
    means: "Functions, tables, triggers or rights in the database are not those of this release.",
    fix: "Run npx breakglass verify, which names each. Put them back, and find out who changed them: they could change the trail, too.",
  },
  trail_unprotected: {
    state: "degraded",
    means: "The role of DATABASE_URL could alter the trail.",
    fix: "Give DATABASE_URL a plain role that owns nothing, and run npx breakglass migrate with DATABASE_ADMIN_URL set to the role that owns the database; see docs/operating/postgres.md.",
  },
  unknown_ids: {
    state: "degraded",
    means: "Slack does not know these ids of the policy.",
    fix: "Correct the ids in the policy; npx breakglass init lists those that Slack knows.",
  },
  pagers: {
    state: "degraded",
    means: "These pagers did not accept the last notification. It is retried while somebody is needed.",
    fix: "Check the key of the pager and its service; the log has the error code.",
  },
  webhooks: {
    state: "degraded",
    means: "These webhooks did not take the last delivery. It is tried for three days, then recorded as failed.",
    fix: "Look at the receiver; the line effect.again or webhook.failed of the log has the code. With address_refused, its name leads to an inner address that allow_private does not allow. What was given up is sent by npx breakglass webhooks replay.",
  },
  webhook_secret_missing: {
    state: "degraded",
    means: "The policy names these webhooks, but they have no secret, so nothing is sent to them.",
    fix: "Set WEBHOOK_SECRET_ and the name in capitals, with _ for -, to whsec_ and 24 to 64 random bytes in Base64, give the receiver the same, and restart.",
  },
  pagerduty_token_missing: {
    state: "degraded",
    means: "The policy gives a role by a schedule, but PAGERDUTY_API_TOKEN is not set: nobody holds the role that way.",
    fix: "Set PAGERDUTY_API_TOKEN to a read-only REST API key of PagerDuty.",
  },
  schedules_unread: {
    state: "degraded",
    means: "PagerDuty does not say who is on call in these schedules. An answer of at most 15 minutes still counts.",
    fix: "Check PAGERDUTY_API_TOKEN and PAGERDUTY_API_URL (the EU region has an address of its own), and the network.",
  },
  unknown_schedules: {
    state: "degraded",
    means: "PagerDuty does not know these schedules of the policy.",
    fix: "Correct the ids; a schedule's id is at the end of its address in PagerDuty.",
  },
  ci_keys_stale: {
    state: "degraded",
    means:
      "The keys of these issuers of pipeline tokens are older than three refreshes, or never came. Keys that were read count for a day.",
    fix: "See that the bot reaches each address with /.well-known/openid-configuration behind it (proxy, firewall, certificate), and that issuer in the policy is spelled as there; the line ci_keys.unread of the log has the reason. Meanwhile pipelines run their gates as always.",
  },
  on_call_unbound: {
    state: "degraded",
    means: "These PagerDuty users are on call, but no person under people names them, so they do not hold the role.",
    fix: "Add them to people in the policy, as pagerduty: ID.",
  },
} as const satisfies Readonly<Record<string, WordMeaning>>;

/** A word of `/readyz`. */
export type Word = keyof typeof READYZ_WORDS;

type WordOf<State> = { [W in Word]: (typeof READYZ_WORDS)[W]["state"] extends State ? W : never }[Word];
/** A word that stands under `down`. */
export type DownWord = WordOf<"down">;
/** A word that stands under `degraded`, alone or followed by ids. */
export type DegradedEntry = WordOf<"degraded"> | `${WordOf<"degraded">}: ${string}`;

/** Why PostgreSQL does not let the bot record. */
export type PostgresTrouble = Extract<Word, "postgres" | `postgres_${string}`>;
/** Why a Redis that answers takes no jobs. */
export type RedisRefusal = Exclude<Extract<Word, `redis_${string}`>, "redis_may_evict">;

/** All words. */
export const ALL_WORDS = Object.keys(READYZ_WORDS).filter(isWord);

/** Whether the text is a word of `/readyz`. */
export function isWord(text: string): text is Word {
  return Object.hasOwn(READYZ_WORDS, text);
}

/** The word of an entry such as `unknown_ids: S0GONE U0GONE`. */
export function wordOf(entry: string): string {
  return entry.split(":", 1)[0] ?? entry;
}

/** The entry of a word with the ids that it is about, sorted; none without an id. */
export function entryOf(word: WordOf<"degraded">, ids: readonly string[]): readonly DegradedEntry[] {
  return ids.length === 0 ? [] : [`${word}: ${[...ids].sort().join(" ")}`];
}

/** What is wrong and what to do about it, for the `hint` of a line in the log. */
export function hintOf(word: Word): string {
  const { means, fix } = READYZ_WORDS[word];
  return `${means} ${fix}`;
}
