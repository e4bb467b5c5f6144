import type { CommandIo } from "../command.js";
import type { Terminal } from "./terminal.js";

/** Slack's secrets, from the environment or asked without showing them. */
export interface SlackSecrets {
  readonly botToken: string;
  readonly signingSecret: string | null;
  readonly appToken: string | null;
}

const BOT_TOKEN = /^xoxb-\S+$/;
const APP_TOKEN = /^xapp-\S+$/;

/** The bot token, or a sentence when there is none. */
export interface BotTokenRead {
  /** Somebody typed it, and can be asked again. */
  readonly asked: boolean;
  readonly token: string | { readonly why: string };
}

/** Reads the bot token, which the survey needs. */
export async function readBotToken(env: CommandIo["env"], terminal: Terminal): Promise<BotTokenRead> {
  const given = env.SLACK_BOT_TOKEN?.trim() ?? "";
  const asked = given === "" && terminal.interactive;
  const token = asked
    ? await terminal.askHidden("Bot User OAuth Token (OAuth & Permissions; nothing is shown while you paste it): ")
    : given;
  if (BOT_TOKEN.test(token)) return { asked, token };
  const missing = asked ? "Nothing was pasted" : "SLACK_BOT_TOKEN is not set";
  const what = token === "" ? missing : "The bot token does not start with xoxb-";
  return { asked, token: { why: `${what}: Slack app, OAuth & Permissions, Bot User OAuth Token.` } };
}

/** Reads how Slack reaches the bot. Without an answer both stay empty, to be filled in later. */
export async function readIntake(env: CommandIo["env"], terminal: Terminal): Promise<Omit<SlackSecrets, "botToken">> {
  const signingSecret = env.SLACK_SIGNING_SECRET?.trim() || null;
  const appToken = env.SLACK_APP_TOKEN?.trim() || null;
  if (signingSecret !== null || appToken !== null || !terminal.interactive) return { signingSecret, appToken };
  const typed = await terminal.askHidden(
    "Signing secret (Basic Information), or app-level token xapp-… for Socket Mode; empty to fill it in later: ",
  );
  if (APP_TOKEN.test(typed)) return { signingSecret: null, appToken: typed };
  return { signingSecret: typed || null, appToken: null };
}
