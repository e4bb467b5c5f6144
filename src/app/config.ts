import { z } from "zod";
import { parseRedisUrl } from "../jobs/redis-address.js";
import { FaultyConfiguration } from "../lib/errors.js";
import { LOG_LEVELS, type LogLevel } from "../lib/logger.js";
import type { ProxyConfig } from "../lib/outbound.js";
import { safeAddress } from "../lib/safe-address.js";
import { Secret } from "../lib/secret.js";
import type { PagersConfig, SchedulesConfig } from "../pagers/pagers.js";
import { chooseDatabase, DATABASE_VARIABLES, type DatabaseConfig, givenIn } from "./choose-database.js";
import { readProxies } from "./proxies.js";
import { readWebhookSecrets } from "./webhook-secrets.js";

/** The configuration, parsed from the environment. */
export interface Config {
  readonly slack: {
    readonly botToken: Secret;
    /** Socket Mode when an app token is given, else HTTP. */
    readonly intake:
      | { readonly kind: "http"; readonly signingSecret: Secret }
      | { readonly kind: "socket"; readonly appToken: Secret };
    /** Base URL of the Web API with a trailing slash, such as `https://slack.com/api/`. */
    readonly apiUrl: string;
    /** Whether calls keep to Slack's published rates. Off only for a double or an emulator, which has none. */
    readonly paced: boolean;
  };
  readonly http: { readonly port: number; readonly host: string; readonly publicUrl: string | null };
  readonly database: DatabaseConfig;
  readonly redisUrl: Secret | null;
  readonly pagers: PagersConfig;
  /** `null`: no token was given. */
  readonly schedules: SchedulesConfig | null;
  /** How answers to pipelines are signed; `null`: they are not. */
  readonly receipts: { readonly keyFile: string; readonly issuer: string } | null;
  /** The secrets of webhooks, the newest first, by the webhook's name. */
  readonly webhookSecrets: ReadonlyMap<string, readonly Secret[]>;
  readonly proxy: ProxyConfig;
  /** Path of `breakglass.yaml`. */
  readonly policyFile: string;
  /** Folder for local data, such as the embedded database. */
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** The operator's word that the database is a restored backup; `null` when it is not, or when Slack will show it. */
  readonly restored: string | null;
}

const nonEmpty = (what: string) => z.string().trim().min(1, `${what} is empty`);
const urlWith = (...schemes: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    message: `must be an address that starts with ${schemes.map((scheme) => `${scheme}//`).join(" or ")}`,
  });

/** Addresses that receive keys, so plain HTTP is allowed only to a test double on this machine. */
const urlForKeys = z.string().refine((text) => safeAddress(text) !== null, {
  message: "must be an address that starts with https://, without user and password (http:// only on this machine)",
});
/** The base URL of an API; paths are appended to it. */
const baseForKeys = urlForKeys.refine((text) => !/[?#]/.test(text), {
  message: "must be the base of an API, without a query and fragment",
});

const ENV = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-\S+$/, "must start with xoxb- (OAuth & Permissions, Bot User OAuth Token)")
    .optional(),
  SLACK_SIGNING_SECRET: nonEmpty("it").optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-\S+$/, "must start with xapp- (Basic Information, App-Level Tokens)")
    .optional(),
  SLACK_API_URL: urlWith("http:", "https:").default("https://slack.com/api/"),
  SLACK_PACE: z.enum(["published", "none"], "must be published or none").default("published"),
  ...DATABASE_VARIABLES,
  REDIS_URL: z
    .string()
    .check((context) => {
      const parsed = parseRedisUrl(context.value);
      if (!parsed.ok) context.issues.push({ code: "custom", input: "", message: parsed.fault });
    })
    .optional(),
  PAGERDUTY_ROUTING_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{32}$/, "must be the 32 letters and digits of an Events API v2 integration key")
    .optional(),
  PAGERDUTY_EVENTS_URL: baseForKeys.default("https://events.pagerduty.com/"),
  PAGERDUTY_API_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{8,200}$/, "must be a REST API key: 8 to 200 letters, digits and signs without spaces")
    .optional(),
  PAGERDUTY_API_URL: baseForKeys.default("https://api.pagerduty.com/"),
  SPLUNK_ONCALL_URL: urlForKeys.optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "must be a number from 0 to 65535")
    .transform(Number)
    .refine((port) => port <= 65_535, "must be a number from 0 to 65535")
    .default(3000),
  HOST: nonEmpty("it").default("0.0.0.0"),
  PUBLIC_URL: urlWith("http:", "https:").optional(),
  RECEIPT_KEY_FILE: nonEmpty("it").optional(),
  BREAKGLASS_POLICY: nonEmpty("it").default("./breakglass.yaml"),
  BREAKGLASS_DATA: nonEmpty("it").default(".breakglass"),
  BREAKGLASS_RESTORED: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._:+-]{0,63}$/,
      "must be one word of at most 64 letters and digits, such as 2026-11-30T02:00Z",
    )
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
});

/**
 * Reads the environment and reports all faults at once. Throws {@link FaultyConfiguration}, which never repeats a value,
 * because any of them may be a secret.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = givenIn(env);
  const parsed = ENV.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  const proxies = readProxies(given);
  const webhooks = readWebhookSecrets(given);
  faults.push(...missing(given), ...proxies.faults, ...webhooks.faults);
  if (!parsed.success || faults.length > 0) throw new FaultyConfiguration(HEADLINE, faults);
  const e = parsed.data;
  return {
    slack: {
      botToken: new Secret(e.SLACK_BOT_TOKEN ?? ""),
      intake: e.SLACK_APP_TOKEN
        ? { kind: "socket", appToken: new Secret(e.SLACK_APP_TOKEN) }
        : { kind: "http", signingSecret: new Secret(e.SLACK_SIGNING_SECRET ?? "") },
      apiUrl: withSlash(e.SLACK_API_URL),
      paced: e.SLACK_PACE === "published",
    },
    http: { port: e.PORT, host: e.HOST, publicUrl: e.PUBLIC_URL ?? null },
    database: chooseDatabase(e),
    redisUrl: e.REDIS_URL ? new Secret(e.REDIS_URL) : null,
    pagers: {
      pagerduty: e.PAGERDUTY_ROUTING_KEY
        ? { routingKey: new Secret(e.PAGERDUTY_ROUTING_KEY), eventsUrl: withSlash(e.PAGERDUTY_EVENTS_URL) }
        : null,
      splunkOnCall: e.SPLUNK_ONCALL_URL ? { url: new Secret(e.SPLUNK_ONCALL_URL) } : null,
    },
    schedules: e.PAGERDUTY_API_TOKEN
      ? { token: new Secret(e.PAGERDUTY_API_TOKEN), apiUrl: withSlash(e.PAGERDUTY_API_URL) }
      : null,
    receipts: receiptsOf(e.RECEIPT_KEY_FILE, e.PUBLIC_URL),
    webhookSecrets: webhooks.secrets,
    proxy: proxies.proxy,
    policyFile: e.BREAKGLASS_POLICY,
    dataDir: e.BREAKGLASS_DATA,
    logLevel: e.LOG_LEVEL,
    restored: e.BREAKGLASS_RESTORED ?? null,
  };
}

/** Receipts name the public address as their issuer, as others write it. */
const receiptsOf = (keyFile: string | undefined, publicUrl: string | undefined): Config["receipts"] =>
  keyFile === undefined || publicUrl === undefined ? null : { keyFile, issuer: publicUrl.replace(/\/+$/, "") };

const withSlash = (base: string): string => (base.endsWith("/") ? base : `${base}/`);

const HEADLINE =
  "Breakglass did not start: its environment is faulty. Fix what is named here (.env.example lists every variable), " +
  "or see it work without a Slack account: npm run demo";

const DEPENDENT_VARIABLES = [
  ["DATABASE_ADMIN_URL", "DATABASE_URL"],
  ["DATABASE_JOBS_URL", "DATABASE_URL"],
  ["PAGERDUTY_EVENTS_URL", "PAGERDUTY_ROUTING_KEY"],
  ["PAGERDUTY_API_URL", "PAGERDUTY_API_TOKEN"],
  ["RECEIPT_KEY_FILE", "PUBLIC_URL"],
] as const;

function missing(given: Readonly<Record<string, string | undefined>>): string[] {
  const faults: string[] = [];
  if (!given.SLACK_BOT_TOKEN)
    faults.push("SLACK_BOT_TOKEN is not set (Slack app, OAuth & Permissions, Bot User OAuth Token)");
  if (!given.SLACK_SIGNING_SECRET && !given.SLACK_APP_TOKEN) {
    faults.push("SLACK_SIGNING_SECRET (for HTTP) or SLACK_APP_TOKEN (for Socket Mode) is not set");
  }
  for (const [name, needed] of DEPENDENT_VARIABLES) {
    if (given[name] && !given[needed]) faults.push(`${name} is set, but ${needed} is not`);
  }
  return faults;
}
