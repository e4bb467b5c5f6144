import { z } from "zod";
import { FaultyConfiguration } from "./lib/errors.js";
import { LOG_LEVELS, type LogLevel } from "./lib/logger.js";
import { Secret } from "./lib/secret.js";

/** Where the trail stands: a server of the operator's, or one of our own on this machine. */
export type DatabaseConfig =
  | { readonly kind: "server"; readonly url: Secret; readonly adminUrl: Secret | null; readonly jobsUrl: Secret | null }
  | { readonly kind: "embedded" };

export interface Config {
  readonly slack: {
    readonly botToken: Secret;
    /** Socket Mode when an app token is given, else HTTP. */
    readonly intake:
      | { readonly kind: "http"; readonly signingSecret: Secret }
      | { readonly kind: "socket"; readonly appToken: Secret };
    /** Base of the Web API with a slash at its end, such as `https://slack.com/api/`. */
    readonly apiUrl: string;
  };
  readonly http: { readonly port: number; readonly host: string; readonly publicUrl: string | null };
  readonly database: DatabaseConfig;
  readonly redisUrl: Secret | null;
  /** Path of `breakglass.yaml`. */
  readonly policyFile: string;
  /** Folder for what this machine keeps: the embedded database, for one. */
  readonly dataDir: string;
  readonly logLevel: LogLevel;
}

const filled = (what: string) => z.string().trim().min(1, `${what} is empty`);
const urlWith = (...schemes: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    message: `must be an address that starts with ${schemes.map((scheme) => `${scheme}//`).join(" or ")}`,
  });

const ENV = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .regex(/^xoxb-\S+$/, "must start with xoxb- (OAuth & Permissions, Bot User OAuth Token)")
    .optional(),
  SLACK_SIGNING_SECRET: filled("it").optional(),
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-\S+$/, "must start with xapp- (Basic Information, App-Level Tokens)")
    .optional(),
  SLACK_API_URL: urlWith("http:", "https:").default("https://slack.com/api/"),
  DATABASE_URL: urlWith("postgres:", "postgresql:").optional(),
  DATABASE_ADMIN_URL: urlWith("postgres:", "postgresql:").optional(),
  DATABASE_JOBS_URL: urlWith("postgres:", "postgresql:").optional(),
  REDIS_URL: urlWith("redis:", "rediss:").optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "must be a number from 0 to 65535")
    .transform(Number)
    .refine((port) => port <= 65_535, "must be a number from 0 to 65535")
    .default(3000),
  HOST: filled("it").default("0.0.0.0"),
  PUBLIC_URL: urlWith("http:", "https:").optional(),
  BREAKGLASS_POLICY: filled("it").default("./breakglass.yaml"),
  BREAKGLASS_DATA: filled("it").default(".breakglass"),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
});

/**
 * Reads the environment once, all faults at once. Empty variables count as not set, as in a `.env` file with blanks.
 * Throws {@link FaultyConfiguration}; values are never repeated in it, since any of them may be a secret.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const parsed = ENV.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  faults.push(...missing(given));
  if (!parsed.success || faults.length > 0) throw new FaultyConfiguration(HEADLINE, faults);
  const e = parsed.data;
  return {
    slack: {
      botToken: new Secret(e.SLACK_BOT_TOKEN ?? ""),
      intake: e.SLACK_APP_TOKEN
        ? { kind: "socket", appToken: new Secret(e.SLACK_APP_TOKEN) }
        : { kind: "http", signingSecret: new Secret(e.SLACK_SIGNING_SECRET ?? "") },
      apiUrl: e.SLACK_API_URL.endsWith("/") ? e.SLACK_API_URL : `${e.SLACK_API_URL}/`,
    },
    http: { port: e.PORT, host: e.HOST, publicUrl: e.PUBLIC_URL ?? null },
    database: e.DATABASE_URL
      ? {
          kind: "server",
          url: new Secret(e.DATABASE_URL),
          adminUrl: e.DATABASE_ADMIN_URL ? new Secret(e.DATABASE_ADMIN_URL) : null,
          jobsUrl: e.DATABASE_JOBS_URL ? new Secret(e.DATABASE_JOBS_URL) : null,
        }
      : { kind: "embedded" },
    redisUrl: e.REDIS_URL ? new Secret(e.REDIS_URL) : null,
    policyFile: e.BREAKGLASS_POLICY,
    dataDir: e.BREAKGLASS_DATA,
    logLevel: e.LOG_LEVEL,
  };
}

const HEADLINE =
  "Breakglass did not start: its environment is faulty. Mend what is named here (.env.example lists every variable), " +
  "or see it work without a Slack account: npm run demo";

function missing(given: Readonly<Record<string, string | undefined>>): string[] {
  const faults: string[] = [];
  if (!given.SLACK_BOT_TOKEN)
    faults.push("SLACK_BOT_TOKEN is not set (Slack app, OAuth & Permissions, Bot User OAuth Token)");
  if (!given.SLACK_SIGNING_SECRET && !given.SLACK_APP_TOKEN) {
    faults.push("SLACK_SIGNING_SECRET (for HTTP) or SLACK_APP_TOKEN (for Socket Mode) is not set");
  }
  if (given.DATABASE_ADMIN_URL && !given.DATABASE_URL)
    faults.push("DATABASE_ADMIN_URL is set, but DATABASE_URL is not");
  if (given.DATABASE_JOBS_URL && !given.DATABASE_URL) faults.push("DATABASE_JOBS_URL is set, but DATABASE_URL is not");
  return faults;
}
