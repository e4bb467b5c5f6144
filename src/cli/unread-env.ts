import { existsSync } from "node:fs";

/**
 * A sentence when a `.env` lies in the working folder but nothing of it is in the environment: the commonest reason why
 * everything is missing in the first hour. Neither the bot nor the commands read the file.
 */
export function unreadEnvFile(env: Readonly<Record<string, string | undefined>>): string | null {
  if ((env.SLACK_BOT_TOKEN?.trim() ?? "") !== "" || !existsSync(".env")) return null;
  return "The file .env in this folder is not read by itself: run set -a && . ./.env && set +a first.";
}
