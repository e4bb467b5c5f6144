import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PACKAGE_ROOT } from "../../src/lib/package-root.js";

const manifest = z.object({
  features: z.object({
    bot_user: z.object({ display_name: z.string() }),
    slash_commands: z.tuple([z.object({ command: z.string(), description: z.string(), usage_hint: z.string() })]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});

/** The settings that the app is installed with. */
export interface AppManifest {
  /** The bot's display name. */
  readonly name: string;
  readonly command: { readonly name: string; readonly description: string; readonly hint: string };
  /** The scopes of the bot. */
  readonly scopes: readonly string[];
  /** The events it subscribed to. */
  readonly events: readonly string[];
}

/**
 * Reads `manifest.json` at the root. Reads it each time, so that a double never has more rights than the installed app.
 */
export function readAppManifest(): AppManifest {
  const text = readFileSync(join(PACKAGE_ROOT, "manifest.json"), "utf8");
  const { features, oauth_config, settings } = manifest.parse(JSON.parse(text));
  const [{ command, description, usage_hint }] = features.slash_commands;
  return {
    name: features.bot_user.display_name,
    command: { name: command, description, hint: usage_hint },
    scopes: oauth_config.scopes.bot,
    events: settings.event_subscriptions.bot_events,
  };
}
